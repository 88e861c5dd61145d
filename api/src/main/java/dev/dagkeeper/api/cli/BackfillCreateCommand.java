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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Has the fires of a range gone through once more. */
@Command(
        description = {
            "Start runs for the fires of a trigger in a range of time; prints the backfill's number.",
            "With --dry-run only shows which fires would be started, and stores nothing."
        })
final class BackfillCreateCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(paramLabel = "SCHEDULE", description = "[NAMESPACE.]WORKFLOW[.TRIGGER]")
    private String schedule = "";

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            description = {
                "begin of the range: a date, a time by the clock of the trigger's zone,",
                "or one with its offset (2026-01-31, 2026-01-31T08:00, 2026-01-31T08:00:00Z)"
            })
    private String from = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TIME",
            description = "end of the range, likewise; itself left out")
    private String to = "";

    @Option(
            names = "--reprocess",
            paramLabel = "WHICH",
            description = "missing: fires without a run; failed: also those that failed; all; default ${DEFAULT-VALUE}")
    private String reprocess = "missing";

    @Option(names = "--max-active", paramLabel = "N", description = "so many runs at once; default ${DEFAULT-VALUE}")
    private int maxActive = 1;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "oldest-first or newest-first; default ${DEFAULT-VALUE}")
    private String order = "oldest-first";

    @Option(names = "--priority", paramLabel = "N", description = "-100 to 100; default ${DEFAULT-VALUE}")
    private int priority = -10;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "NAME=VALUE",
            description = "an input instead of the trigger's")
    private List<String> inputs = List.of();

    @Option(
            names = {"-f", "--inputs"},
            paramLabel = "FILE",
            description = "a YAML map of inputs; -i wins")
    private @Nullable String inputsFile;

    @Option(names = "--dry-run", description = "show what would be started")
    private boolean dryRun;

    @Option(names = "--key", paramLabel = "KEY", description = "creating again with the same key creates nothing new")
    private @Nullable String key;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BackfillCreateCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var body = body();
        var once = Optional.ofNullable(key).orElseGet(() -> UUID.randomUUID().toString());
        try (var connection = new Connector(environment, server).required()) {
            var answer = connection.client().createBackfill(body, once);
            var format = new Output(environment.out(), output.format);
            if (dryRun) {
                environment
                        .err()
                        .println(answer.path("starts").intValue() + " of "
                                + answer.path("fires").intValue() + " fires would be started.");
                format.object(
                        answer,
                        plan -> plan.path("schedule").asString(""),
                        out -> table(answer).print(out));
            } else {
                format.object(answer, BackfillText::id, out -> out.println(BackfillText.id(answer)));
            }
            return ExitCode.SUCCEEDED.number();
        }
    }

    private ObjectNode body() {
        var body = JsonMapper.shared().createObjectNode();
        body.put("schedule", ScheduleText.selector(schedule));
        body.put("from", ScheduleText.localTime("--from", from));
        body.put("to", ScheduleText.localTime("--to", to));
        body.put("reprocess", reprocess);
        body.put("maxActive", maxActive);
        body.put("order", order);
        body.put("priority", priority);
        body.put("dryRun", dryRun);
        var values = InputValues.read(environment, inputs, Optional.ofNullable(inputsFile));
        if (!values.isEmpty()) {
            body.set("inputs", values);
        }
        return body;
    }

    private static Table table(JsonNode plan) {
        var table = new Table("FIRE", "UTC", "FROM", "TO", "SO FAR");
        for (var fire : plan.path("items")) {
            table.row(
                    fire.path("local").asString(""),
                    ScheduleText.utc(fire.path("fire")),
                    ScheduleText.utc(fire.path("interval").path("start")),
                    ScheduleText.utc(fire.path("interval").path("end")),
                    fire.path("before").asString(""));
        }
        return table;
    }
}
