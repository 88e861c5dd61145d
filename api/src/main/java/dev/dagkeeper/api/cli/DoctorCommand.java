package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DoctorQuery;
import dev.dagkeeper.workflow.Durations;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Checks the invariants on a live system. */
@Command(
        name = "doctor",
        description = {
            "Check on a live system that what is stored fits together, and name what does not.",
            "Changes nothing. Exit code 0: all holds; 1: something does not; 8: no server, or not all of it, answers."
        })
final class DoctorCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "besides all active runs, look at those created in this time; default 1h",
            defaultValue = "1h")
    private String since = "1h";

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "at most so many that have ended, the newest; default 1000",
            defaultValue = "1000")
    private int runs;

    @Option(names = "--all", description = "look at all runs there are")
    private boolean all;

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            description = "how long what is on its way may take; at most 60s, default 15s",
            defaultValue = "15s")
    private String patience = "15s";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DoctorCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var query = all
                ? DoctorQuery.all(duration("--patience", patience))
                : new DoctorQuery(duration("--since", since), runs, duration("--patience", patience));
        try (var connection = new Connector(environment, server).required()) {
            var examination = connection.client().doctor(query);
            var checks = new ArrayList<JsonNode>();
            examination.path("checks").forEach(checks::add);
            new Output(environment.out(), output.format)
                    .list(checks, check -> check.path("id").asString(""), out -> print(checks, out));
            if (examination.path("leftOut").asBoolean(false)) {
                environment.err().println("Not all runs of that time were looked at; see --runs and --all.");
            }
            return code(examination).number();
        }
    }

    private ExitCode code(JsonNode examination) {
        if (!examination.path("healthy").asBoolean(false)) {
            return ExitCode.FAILED;
        }
        if (!examination.path("zookeeper").asBoolean(false)) {
            environment.err().println("ZooKeeper is away: what needs it was not checked.");
            return ExitCode.UNREACHABLE;
        }
        return ExitCode.SUCCEEDED;
    }

    private static void print(List<JsonNode> checks, PrintStream out) {
        var table = new Table("CHECK", "EXAMINED", "VIOLATIONS", "WHAT MUST HOLD");
        for (var check : checks) {
            var done = check.path("carriedOut").asBoolean(false);
            table.row(
                    check.path("id").asString(""),
                    done ? Long.toString(check.path("examined").asLong(0)) : "-",
                    done ? Long.toString(check.path("violations").asLong(0)) : "-",
                    check.path("description").asString(""));
        }
        table.print(out);
        checks.stream()
                .filter(check -> check.path("violations").asLong(0) > 0)
                .forEach(check -> violations(check, out));
    }

    private static void violations(JsonNode check, PrintStream out) {
        out.println();
        out.println(Table.plain(
                check.path("id").asString("") + ": " + check.path("advice").asString("")));
        for (var item : check.path("items")) {
            out.println("  " + Table.plain(subject(item)));
            out.println("    expected: " + Table.plain(item.path("expected").asString("")));
            out.println("    found:    " + Table.plain(item.path("found").asString("")));
        }
        var more = check.path("violations").asLong(0) - check.path("items").size();
        if (more > 0) {
            out.println("  and " + more + " more");
        }
    }

    private static String subject(JsonNode item) {
        var parts = new ArrayList<String>();
        var run = text(item, "run");
        if (run != null) {
            var step = text(item, "step");
            parts.add("run " + run + (step == null ? "" : "/" + step));
        }
        var node = text(item, "node");
        if (node != null) {
            parts.add("node " + node);
        }
        return parts.isEmpty() ? "the cluster" : String.join(", ", parts);
    }

    private static @Nullable String text(JsonNode item, String name) {
        return item.path(name).isString() ? item.path(name).stringValue() : null;
    }

    private static Duration duration(String option, String text) {
        return Durations.parse(text)
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE, option + " is '" + text + "'; expected a duration such as 90s, 15m or 2h"));
    }
}
