package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunStep;
import dev.dagkeeper.run.StepState;
import java.io.PrintStream;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** Runs as tables. */
final class StatusText {
    private StatusText() {}

    /** One run with its steps. */
    static void print(PrintStream out, Run run, Instant now) {
        out.println("run       " + run.id());
        out.println("workflow  " + run.workflow() + " (revision "
                + run.json().path("revision").asInt() + ")");
        var reason = run.reason().isEmpty() ? "" : ": " + Table.plain(run.reason());
        out.println("state     " + run.state().text() + reason);
        printSchedule(out, run.json());
        out.println("created   " + run.createdAt());
        run.startedAt().ifPresent(at -> out.println("started   " + at));
        run.endedAt().ifPresent(at -> out.println("ended     " + at));
        var took = Times.between(run.startedAt(), run.endedAt(), now);
        if (!took.isEmpty()) {
            out.println("took      " + took);
        }
        printValues(out, "input     ", run.json().path("inputs"));
        printValues(out, "output    ", run.outputs());
        out.println();
        if (run.hasSteps()) {
            steps(run, now).print(out);
        } else {
            run.stepCounts().forEach((state, count) -> out.println(state + " " + count));
            out.println("Too many steps to show; 'dagkeeper status -o jsonl' gives them all, and the API in pages: "
                    + run.json().path("stepsPage").asString(""));
        }
    }

    /** What started it by itself, and the time that it is for. */
    private static void printSchedule(PrintStream out, JsonNode run) {
        var trigger = run.path("trigger").asString("");
        if (!trigger.isEmpty()) {
            out.println("trigger   " + trigger + ", fire " + ScheduleText.utc(run.path("scheduledFor")));
        }
        var interval = run.path("interval");
        if (!interval.path("start").equals(interval.path("end"))) {
            out.println("interval  " + ScheduleText.utc(interval.path("start")) + "  "
                    + ScheduleText.utc(interval.path("end")));
        }
    }

    private static void printValues(PrintStream out, String heading, JsonNode values) {
        values.properties().forEach(entry -> out.println(heading + entry.getKey() + " = " + entry.getValue()));
    }

    private static Table steps(Run run, Instant now) {
        var table = new Table("STEP", "STATE", "ATTEMPT", "TOOK", "WORKER", "REASON");
        for (var step : run.steps()) {
            table.row(
                    step.name(),
                    step.state().text(),
                    step.startedAt().isPresent() ? step.attempt() : "",
                    Times.between(step.startedAt(), step.endedAt(), now),
                    step.worker().orElse(""),
                    why(step));
        }
        return table;
    }

    /** The reason, or the error where there is no reason. */
    static String why(RunStep step) {
        return step.reason().isEmpty() ? step.error() : step.reason();
    }

    /** How many steps have ended, of how many; nothing where the server did not count. */
    private static String done(Run run) {
        int done = 0;
        int total = 0;
        for (var count : run.stepCounts().entrySet()) {
            total += count.getValue();
            done += StepState.parse(count.getKey()).isFinal() ? count.getValue() : 0;
        }
        return total == 0 ? "" : done + "/" + total;
    }

    /** Many runs. */
    static Table runs(java.util.List<Run> runs, Instant now) {
        var table = new Table("ID", "WORKFLOW", "STATE", "DONE", "CREATED", "TOOK", "REASON");
        for (var run : runs) {
            table.row(
                    run.id(),
                    run.workflow(),
                    run.state().text(),
                    done(run),
                    run.createdAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                    Times.between(run.startedAt(), run.endedAt(), now),
                    run.reason());
        }
        return table;
    }
}
