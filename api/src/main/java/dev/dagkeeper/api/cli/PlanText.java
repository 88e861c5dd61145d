package dev.dagkeeper.api.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;

/** A plan for people: for each run its time, what it is for, its inputs, and its steps in their order. */
final class PlanText {
    private PlanText() {}

    static void print(PrintStream out, JsonNode plan) {
        var first = true;
        for (var run : plan.path("runs")) {
            if (!first) {
                out.println();
            }
            first = false;
            var trigger = run.path("trigger").asString("");
            out.println(plan.path("namespace").asString("") + "/"
                    + plan.path("workflow").asString("")
                    + (trigger.isEmpty() ? ", started by hand" : ", trigger " + trigger));
            head(out, run);
            steps(run).lines().forEach(line -> out.println("  " + line));
        }
    }

    private static void head(PrintStream out, JsonNode run) {
        var fire = run.path("fire").asString("");
        var local = run.path("local").asString("");
        var starts = run.path("startsAt").asString("");
        out.println("  at        " + local + (local.equals(fire) ? "" : "  " + fire));
        if (!starts.equals(fire)) {
            out.println("  starts    " + starts);
        }
        out.println("  interval  " + run.path("interval").path("start").asString("") + "  "
                + run.path("interval").path("end").asString(""));
        var title = "inputs";
        for (var input : run.path("inputs").properties()) {
            out.println("  %-8s  %s = %s"
                    .formatted(
                            title, input.getKey(), Table.plain(input.getValue().toString())));
            title = "";
        }
        var group = run.path("concurrency");
        if (group.isObject()) {
            out.println("  group     " + Table.plain(group.path("group").asString("")) + ", at most "
                    + group.path("max").asInt(0) + " at once, else "
                    + group.path("onConflict").asString(""));
        }
        for (var deadline : run.path("deadlines")) {
            out.println("  deadline  " + deadline.path("within").asString("") + " after "
                    + deadline.path("from").asString("") + ": "
                    + deadline.path("do").asString(""));
        }
        out.println();
    }

    private static Table steps(JsonNode run) {
        var table = new Table("ORDER", "STEP", "USES", "QUEUE", "NEEDS", "CONDITIONS");
        for (var step : run.path("steps")) {
            table.row(
                    step.path("phase").asString("").equals("steps")
                            ? step.path("wave").asString("")
                            : "hook " + step.path("wave").asString(""),
                    step.path("id").asString(""),
                    step.path("uses").asString(""),
                    step.path("queue").asString(""),
                    needs(step),
                    conditions(step));
        }
        return table;
    }

    private static String needs(JsonNode step) {
        var needs = new ArrayList<String>();
        for (var need : step.path("needs")) {
            var on = new ArrayList<String>();
            need.path("on").forEach(state -> on.add(state.asString("")));
            needs.add(need.path("step").asString("") + (on.isEmpty() ? "" : "[" + String.join("|", on) + "]"));
        }
        return String.join(", ", needs);
    }

    private static String conditions(JsonNode step) {
        var parts = new ArrayList<String>();
        var join = step.path("join").asString("");
        if (!join.equals("all-succeeded")) {
            parts.add("join " + join);
        }
        var when = step.path("when").asString("");
        if (!when.isEmpty()) {
            var value = step.path("whenValue");
            parts.add(
                    "when " + when + (value.isBoolean() ? value.booleanValue() ? " (true)" : " (false: skipped)" : ""));
        }
        var in = step.path("foreachIn").asString("");
        if (!in.isEmpty()) {
            var items = step.path("items");
            parts.add("foreach in " + in + (items.isArray() ? " (" + items.size() + " items)" : ""));
        }
        var pools = new ArrayList<String>();
        step.path("pools").properties().forEach(pool -> pools.add(pool.getKey() + " " + pool.getValue()));
        if (!pools.isEmpty()) {
            parts.add("pools " + String.join(", ", pools));
        }
        return String.join("; ", parts);
    }
}
