package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Sets live settings, or gives them their defaults again. */
@Command(description = "Change live settings: set KEY=VALUE..., unset KEY.... All of them, or none when one is wrong.")
final class ConfigChange implements Callable<Integer> {
    private final Environment environment;
    private final boolean unset;

    @Parameters(arity = "1..*", paramLabel = "KEY[=VALUE]", description = "as 'config get' shows them")
    private List<String> changes = List.of();

    @Option(names = "--note", paramLabel = "TEXT", description = "why, for the history")
    private String note = "";

    @Option(names = "--if-version", paramLabel = "N", description = "only if this version holds; else exit code 6")
    private @Nullable Long version;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ConfigChange(Environment environment, boolean unset) {
        this.environment = environment;
        this.unset = unset;
    }

    @Override
    public Integer call() throws Exception {
        for (var change : changes) {
            if ((change.indexOf('=') < 1) != unset) {
                throw new Failure(
                        ExitCode.USAGE,
                        "'" + change + "' is no change; expected " + (unset ? "a KEY alone" : "KEY=VALUE"));
            }
        }
        try (var connection = new Connector(environment, server).required()) {
            var expected = version == null ? OptionalLong.empty() : OptionalLong.of(version);
            var answer = ConfigUpdate.apply(connection.client(), expected, note, this::change);
            new Output(environment.out(), output.format)
                    .object(
                            answer,
                            json -> json.path("version").asString(""),
                            out -> out.println(
                                    "version " + answer.path("version").asString("") + " holds"));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private void change(ObjectNode settings) {
        for (var change : changes) {
            var equals = change.indexOf('=');
            if (unset) {
                if (settings.remove(change) == null) {
                    throw LiveValues.missing("'" + change + "' is not set", change, settings.propertyNames());
                }
            } else {
                settings.set(change.substring(0, equals), ConfigCommand.value(change.substring(equals + 1)));
            }
        }
    }
}
