package dev.dagkeeper.api.cli;

import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Makes an old version of the live settings hold again. */
@Command(description = "Set everything as it was in an old version; that makes a new version.")
final class ConfigRollback implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "VERSION", description = "a version of 'config history'")
    private long version;

    @Option(names = "--note", paramLabel = "TEXT", description = "why, for the history")
    private @Nullable String note;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ConfigRollback(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (version < 1) {
            throw new Failure(ExitCode.USAGE, "VERSION is " + version + "; expected 1 or more");
        }
        try (var connection = new Connector(environment, server).required()) {
            var client = connection.client();
            var old = (ObjectNode) client.configVersion(version).required("settings");
            var why = note == null ? "rollback to version " + version : note;
            var answer = ConfigUpdate.apply(client, OptionalLong.empty(), why, settings -> {
                settings.removeAll();
                settings.setAll(old);
            });
            new Output(environment.out(), output.format)
                    .object(
                            answer,
                            json -> json.path("version").asString(""),
                            out -> out.println(
                                    "version " + answer.path("version").asString("")
                                            + " holds, with the settings of version " + version));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
