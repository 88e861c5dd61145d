package dev.dagkeeper.api.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** Says which version this is. */
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    final HelpOption help = new HelpOption();

    VersionCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        var java = Runtime.version().toString();
        if (output.format == OutputOption.Format.table) {
            environment.out().println("dagkeeper " + version() + " (Java " + java + ")");
        } else {
            var json = JsonMapper.shared()
                    .createObjectNode()
                    .put("version", version())
                    .put("java", java);
            new Output(environment.out(), output.format).object(json, node -> version(), out -> {});
        }
        return ExitCode.SUCCEEDED.number();
    }

    /** The version of the distribution; {@code dev} for classes that are not in a jar. */
    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }
}
