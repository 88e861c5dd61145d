package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Records that a dataset was updated. */
@Command(description = "Say that a dataset was updated, which starts what waits for it; prints the event's number.")
final class DatasetPostCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "URI", description = "the dataset, such as s3://raw/orders")
    private String uri = "";

    @Option(
            names = {"-d", "--data"},
            paramLabel = "NAME=VALUE",
            description = "what else is to be known; a value that is JSON is taken as that")
    private List<String> data = List.of();

    @Option(names = "--at", paramLabel = "TIME", description = "when it was updated, RFC 3339; default now")
    private @Nullable String at;

    @Option(names = "--key", paramLabel = "KEY", description = "recording again with the same key records nothing new")
    private @Nullable String key;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DatasetPostCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var body = JsonMapper.shared().createObjectNode().put("uri", uri);
        Optional.ofNullable(at).ifPresent(text -> body.put("at", ScheduleText.time("--at", text)));
        if (!data.isEmpty()) {
            body.set("data", data());
        }
        var once = Optional.ofNullable(key).orElseGet(() -> UUID.randomUUID().toString());
        try (var connection = new Connector(environment, server).required()) {
            var event = connection.client().datasets().record(body, once);
            new Output(environment.out(), output.format)
                    .object(event, DatasetEventsCommand::id, out -> out.println(DatasetEventsCommand.id(event)));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private ObjectNode data() {
        var values = JsonMapper.shared().createObjectNode();
        for (var pair : data) {
            var equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Failure(ExitCode.USAGE, "-d '" + pair + "': expected NAME=VALUE");
            }
            values.set(pair.substring(0, equals), value(pair.substring(equals + 1)));
        }
        return values;
    }

    private static JsonNode value(String text) {
        try {
            var json = JsonMapper.shared().readTree(text);
            return json.isMissingNode() ? JsonNodeFactory.instance.stringNode(text) : json;
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.stringNode(text);
        }
    }
}
