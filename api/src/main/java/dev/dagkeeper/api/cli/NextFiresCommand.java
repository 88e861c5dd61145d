package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows the next fires of one, several or all triggers. */
@Command(
        description = {
            "Show the next fires, by the wall clock of the trigger's zone and in UTC.",
            "Of the schedules that are named, so many each; of none, the first of all that are not paused."
        })
final class NextFiresCommand implements Callable<Integer> {
    private static final int MOST = 500;

    private final Environment environment;

    @Parameters(arity = "0..*", paramLabel = "SCHEDULE", description = "[NAMESPACE.]WORKFLOW[.TRIGGER]")
    private List<String> schedules = List.of();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "so many fires, at most 500; default ${DEFAULT-VALUE}")
    private int count = 5;

    @Option(names = "--after", paramLabel = "TIME", description = "those after this RFC 3339 time; default now")
    private @Nullable String after;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    NextFiresCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (count < 1 || count > MOST) {
            throw new Failure(ExitCode.USAGE, "-n is " + count + "; expected 1 to " + MOST);
        }
        var selectors = schedules.stream().map(ScheduleText::selector).toList();
        var from = Optional.ofNullable(after).map(text -> ScheduleText.time("--after", text));
        try (var connection = new Connector(environment, server).toAsk()) {
            var fires = selectors.isEmpty()
                    ? ofAll(connection.client(), from)
                    : selectors.stream()
                            .flatMap(selector -> ofOne(connection.client(), selector, from))
                            .toList();
            if (fires.isEmpty()) {
                environment.err().println("No fires to come.");
            }
            var now = environment.clock().instant();
            new Output(environment.out(), output.format)
                    .list(
                            fires,
                            NextFiresCommand::name,
                            out -> table(fires, now).print(out));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private java.util.stream.Stream<JsonNode> ofOne(DagkeeperClient client, String selector, Optional<String> from) {
        var schedule = client.schedule(selector);
        var id = ScheduleText.id(schedule);
        return schedule.path("waitsFor").isString()
                ? java.util.stream.Stream.of(waits(schedule))
                : client.upcoming(id, count, from).stream().map(fire -> ((ObjectNode) fire).put("schedule", id));
    }

    /** One on datasets has no fires to come that are known; in their place stands what it waits for. */
    private static ObjectNode waits(JsonNode schedule) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("schedule", ScheduleText.id(schedule));
        json.set("waitsFor", schedule.path("waitsFor"));
        json.set("updates", schedule.path("updates"));
        return json;
    }

    /** The first fires of all are fires of those triggers that fire first, so no others are asked. */
    private List<JsonNode> ofAll(DagkeeperClient client, Optional<String> from) {
        var active = new ArrayList<JsonNode>();
        for (var schedule : client.schedules(Optional.empty(), Optional.empty())) {
            if (schedule.path("state").asString("").equals("active")) {
                active.add(schedule);
            }
        }
        var first = from.isPresent()
                ? active.stream()
                : active.stream()
                        .filter(schedule -> !schedule.path("next").isEmpty())
                        .sorted(Comparator.comparing(schedule -> ScheduleText.instant(
                                schedule.path("next").path(0).path("fire"))))
                        .limit(count);
        var fires = first.filter(schedule -> !schedule.path("waitsFor").isString())
                .flatMap(schedule -> ofOne(client, ScheduleText.id(schedule), from))
                .sorted(Comparator.comparing(fire -> ScheduleText.instant(fire.path("fire"))))
                .limit(count);
        var waiting = active.stream()
                .filter(schedule -> schedule.path("waitsFor").isString())
                .<JsonNode>map(NextFiresCommand::waits);
        return java.util.stream.Stream.concat(fires, waiting).toList();
    }

    private static String name(JsonNode fire) {
        var time = ScheduleText.utc(fire.path("fire"));
        return fire.path("schedule").asString("") + (time.isEmpty() ? "" : "@" + time);
    }

    private static Table table(List<JsonNode> fires, Instant now) {
        var table = new Table("SCHEDULE", "FIRE", "UTC", "IN");
        for (var fire : fires) {
            if (fire.path("waitsFor").isString()) {
                table.row(
                        fire.path("schedule").asString(""),
                        fire.path("waitsFor").asString(""),
                        "",
                        "");
                continue;
            }
            var time = ScheduleText.instant(fire.path("fire"));
            table.row(
                    fire.path("schedule").asString(""),
                    fire.path("local").asString(""),
                    time,
                    time.isAfter(now) ? Times.text(Duration.between(now, time)) : "");
        }
        return table;
    }
}
