package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ApiException;
import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.UnreachableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The whole command line: finds the command, runs it, and turns what went wrong into a message and an exit code. */
final class Dagkeeper {
    private final Environment environment;

    Dagkeeper(Environment environment) {
        this.environment = environment;
    }

    /** Runs one command; gives the exit code of the process. */
    int run(String... arguments) {
        try {
            if (arguments.length == 0) {
                var line = commandLine();
                line.usage(line.getErr());
                return ExitCode.USAGE.number();
            }
            return commandLine(arguments).execute(arguments);
        } catch (Error e) {
            // Whoever waits for an exit code must not take this for a run that failed.
            return internal(e);
        } finally {
            environment.out().flush();
            environment.err().flush();
        }
    }

    /** Only the command that is named is loaded, unless none is: then all are, for the help and the suggestions. */
    private CommandLine commandLine(String... arguments) {
        var line = new CommandLine(root());
        var named = arguments.length > 0 && Commands.NAMES.contains(arguments[0]);
        if (named && !arguments[0].equals("help")) {
            line.addSubcommand(
                    arguments[0],
                    Commands.create(arguments[0], arguments.length > 1 ? arguments[1] : "-", environment));
        } else {
            addAll(line, environment);
        }
        line.setOut(writer(environment.out()));
        line.setErr(writer(environment.err()));
        line.setParameterExceptionHandler((wrong, args) -> usage(wrong));
        line.setExecutionExceptionHandler((failure, command, result) -> failed(failure));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                environment.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        return line;
    }

    /** Every command there is. */
    static void addAll(CommandLine line, Environment environment) {
        Commands.NAMES.forEach(name -> line.addSubcommand(name, Commands.create(name, "", environment)));
    }

    /** The program without its commands. */
    static CommandSpec root() {
        var spec = CommandSpec.create().name("dagkeeper").mixinStandardHelpOptions(true);
        spec.versionProvider(() -> new String[] {"dagkeeper " + VersionCommand.version()});
        spec.usageMessage()
                .synopsisSubcommandLabel("COMMAND")
                .description("Runs workflows written in YAML.")
                .footer(
                        "",
                        "Exit codes: 0 succeeded, 1 the run failed, 2 wrong usage or workflow, 3 cancelled,",
                        "4 not authorised, 5 not found, 6 conflict, 7 gave up waiting, 8 no server answers.");
        return spec;
    }

    private static PrintWriter writer(java.io.PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private int usage(ParameterException wrong) {
        error(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            suggest(unmatched);
        }
        var command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        environment.err().println("See '" + command + " --help'.");
        return ExitCode.USAGE.number();
    }

    private void suggest(UnmatchedArgumentException unmatched) {
        var suggestions = unmatched.getSuggestions();
        if (!suggestions.isEmpty()) {
            environment.err().println("Did you mean " + String.join(" or ", suggestions) + "?");
        }
    }

    private int failed(Exception failure) {
        return switch (failure) {
            case Failure known -> {
                error(known.getMessage());
                known.next().forEach(environment.err()::println);
                yield known.code().number();
            }
            case ClientException refused -> refused(refused);
            case HostException host -> {
                error(host.getMessage());
                yield (host.kind() == HostException.Kind.USAGE ? ExitCode.USAGE : ExitCode.UNREACHABLE).number();
            }
            case InterruptedException interrupted -> {
                Thread.currentThread().interrupt();
                error("interrupted");
                yield ExitCode.GAVE_UP.number();
            }
            case IOException io -> {
                error(io.getClass().getSimpleName() + ": " + io.getMessage());
                yield ExitCode.USAGE.number();
            }
            default -> internal(failure);
        };
    }

    private int internal(Throwable failure) {
        error("internal error, please report it: " + failure);
        try {
            environment
                    .err()
                    .println("Its details, to be sent with the report, are in "
                            + Defects.write(failure, VersionCommand.version()));
        } catch (IOException e) {
            environment.err().println("Its details could not be written: " + e);
        }
        return ExitCode.INTERNAL.number();
    }

    private int refused(ClientException failure) {
        error(failure.getMessage());
        switch (failure) {
            case ApiException refused -> Problems.print(environment.err(), refused.errors(), "");
            case UnreachableException unreachable -> {}
        }
        var code = ExitCode.of(failure);
        if (code == ExitCode.NOT_AUTHORISED) {
            environment.err().println("The token of a server comes from DAGKEEPER_TOKEN, or from its data directory.");
        }
        return code.number();
    }

    private void error(@Nullable String message) {
        environment.err().println("dagkeeper: " + message);
    }
}
