package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints what a shell needs to complete commands. */
@Command(name = "completion", description = "Print a completion script: source <(dagkeeper completion bash)")
final class CompletionCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private String shell = "";

    @Mixin
    final HelpOption help = new HelpOption();

    CompletionCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        var line = new CommandLine(Dagkeeper.root());
        Dagkeeper.addAll(line, environment);
        switch (shell) {
            // picocli's script sets zsh up to understand it.
            case "bash", "zsh" -> environment.out().print(AutoComplete.bash("dagkeeper", line));
            case "fish" -> fish(line);
            default -> throw new Failure(ExitCode.USAGE, "unknown shell '" + shell + "'; expected bash, zsh or fish");
        }
        return ExitCode.SUCCEEDED.number();
    }

    private void fish(CommandLine line) {
        line.getSubcommands().forEach((name, command) -> {
            complete("__fish_use_subcommand", "-a " + name, command);
            command.getSubcommands()
                    .forEach((sub, nested) -> complete("__fish_seen_subcommand_from " + name, "-a " + sub, nested));
            for (var option : command.getCommandSpec().options()) {
                var names = new StringBuilder();
                for (var spelled : option.names()) {
                    names.append(
                            spelled.startsWith("--") ? " -l " + spelled.substring(2) : " -s " + spelled.substring(1));
                }
                environment
                        .out()
                        .println("complete -c dagkeeper -n '__fish_seen_subcommand_from " + name + "'" + names
                                + (option.arity().max() > 0 ? " -r" : "") + " -d "
                                + quoted(option.description()));
            }
        });
    }

    private void complete(String when, String what, CommandLine command) {
        var description = command.getCommandSpec().usageMessage().description();
        environment.out().println("complete -c dagkeeper -f -n '" + when + "' " + what + " -d " + quoted(description));
    }

    private static String quoted(String... description) {
        var text = description.length == 0 ? "" : description[0];
        return "'" + text.replace("'", "") + "'";
    }
}
