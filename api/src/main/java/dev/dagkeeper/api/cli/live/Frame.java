package dev.dagkeeper.api.cli.live;

import dev.dagkeeper.api.cli.Times;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One picture of a run: a pure function of what is known, the size of the terminal and the time. */
public final class Frame {
    private static final int LONGEST_NAME = 40;
    private static final int LEAST_LINES = 6;
    /** Head, critical path, and the line that counts the steps left out. */
    private static final int OTHER_LINES = 4;

    private final LiveRun run;
    private final Style style;
    private final int width;
    private final Instant now;

    private Frame(LiveRun run, Style style, int width, Instant now) {
        this.run = run;
        this.style = style;
        this.width = Math.max(20, width);
        this.now = now;
    }

    /**
     * The lines to show, each no wider than the terminal and together no higher.
     *
     * @param width columns of the terminal
     * @param height rows of the terminal
     */
    public static List<String> lines(LiveRun run, Style style, int width, int height, Instant now) {
        return new Frame(run, style, width, now).lines(Math.max(LEAST_LINES, height));
    }

    private List<String> lines(int height) {
        var rows = rows();
        var room = height - OTHER_LINES;
        var shown = rows.size() <= room ? rows : mostUrgent(rows, room);
        var path = CriticalPath.of(run, now);
        var lines = new ArrayList<String>();
        lines.add(head(path));
        var name =
                shown.stream().mapToInt(step -> Text.width(step.name())).max().orElse(0);
        var state = shown.stream().mapToInt(step -> state(step).length()).max().orElse(0);
        shown.forEach(step -> lines.add(line(step, Math.min(LONGEST_NAME, name), state)));
        if (shown.size() < rows.size()) {
            lines.add(fit("  and " + (rows.size() - shown.size()) + " more: " + counts(without(rows, shown))));
        }
        if (path.steps().size() > 1) {
            lines.add(fit("critical path: " + String.join(style.arrow(), path.steps())));
        }
        return lines;
    }

    /** The steps in document order; instances of a foreach only while they run or when they failed. */
    private List<LiveStep> rows() {
        var rows = new ArrayList<LiveStep>();
        for (var step : run.steps()) {
            if (!step.isMain() && step.state() == StepState.PENDING) {
                continue;
            }
            rows.add(step);
            step.instances().stream().filter(one -> urgency(one.state()) <= 2).forEach(rows::add);
        }
        return rows;
    }

    private static List<LiveStep> mostUrgent(List<LiveStep> rows, int room) {
        var chosen = rows.stream()
                .sorted(Comparator.comparingInt(step -> urgency(step.state())))
                .limit(room)
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
        return rows.stream().filter(chosen::contains).toList();
    }

    private static int urgency(StepState state) {
        return switch (state) {
            case FAILED, TIMED_OUT -> 0;
            case RUNNING -> 1;
            case WARNED, WAITING -> 2;
            case QUEUED, BLOCKED, UPSTREAM_FAILED, CANCELLED -> 3;
            case PENDING -> 4;
            case SUCCEEDED, SKIPPED -> 5;
        };
    }

    private String head(CriticalPath path) {
        var main = run.steps().stream().filter(LiveStep::isMain).toList();
        var done = main.stream().filter(step -> step.state().isFinal()).count();
        var end = run.endedAt().orElse(now);
        var text = new StringBuilder(
                "  " + done + "/" + main.size() + " done  " + Times.text(Duration.between(run.createdAt(), end)));
        path.left()
                .filter(left -> !left.isZero())
                .ifPresent(
                        left -> text.append("  about ").append(Times.text(left)).append(" left"));
        var reason = Text.plain(run.reason());
        if (!reason.isEmpty()) {
            text.append("  ").append(reason);
        }
        var name = Text.fit(run.workflow(), width / 3, style.ellipsis());
        var state = run.state().text();
        var rest = Text.fit(text.toString(), width - Text.width(name) - 1 - state.length(), style.ellipsis());
        return name + " " + style.paint(run.state(), state) + rest;
    }

    /** The state, with the attempt of how many where there may be several. */
    private static String state(LiveStep step) {
        var attempts = step.maxAttempts() > 1 && step.startedAt().isPresent()
                ? " " + step.attempt() + "/" + step.maxAttempts()
                : "";
        return step.state().text() + attempts;
    }

    private String line(LiveStep step, int nameWidth, int stateWidth) {
        var instance = step.name().endsWith("]");
        var name = Text.pad(Text.fit(step.name(), nameWidth, style.ellipsis()), nameWidth);
        var columns = new StringBuilder("  ");
        columns.append(Text.pad(time(step), 7));
        step.worker()
                .filter(worker -> step.state() == StepState.RUNNING || step.state() == StepState.QUEUED)
                .ifPresent(worker -> columns.append(' ').append(worker));
        var remark = Text.plain(remark(step, instance));
        if (!remark.isEmpty()) {
            columns.append("  ").append(remark);
        }
        var front = " " + style.mark(step.state()) + " " + name + "  ";
        var back = columns.toString().stripTrailing();
        var state = back.isEmpty() ? state(step) : Text.pad(state(step), stateWidth);
        var left = width - Text.width(front) - state.length();
        if (left <= 0) {
            return fit(front + state);
        }
        return " " + style.paint(step.state(), style.mark(step.state())) + " " + name + "  "
                + style.paint(step.state(), state) + Text.fit(back, left, style.ellipsis());
    }

    /** How long it took or takes; for a step that waits, how long it has waited. */
    private String time(LiveStep step) {
        return switch (step.state()) {
            case PENDING, SKIPPED, UPSTREAM_FAILED -> "";
            case BLOCKED, QUEUED, WAITING ->
                step.since().equals(Instant.EPOCH) ? "" : Times.text(Duration.between(step.since(), now));
            case RUNNING, SUCCEEDED, WARNED, FAILED, TIMED_OUT, CANCELLED ->
                step.startedAt()
                        .map(start -> Times.text(
                                Duration.between(start, step.endedAt().orElse(now))))
                        .orElse("");
        };
    }

    private String remark(LiveStep step, boolean instance) {
        var instances = step.instances();
        if (instance || instances.isEmpty()) {
            return step.remark();
        }
        var done = instances.stream().filter(one -> one.state().isFinal()).count();
        var text = done + "/" + instances.size() + " instances";
        return step.state().isFinal() && step.remark().isEmpty() ? text : text + " " + step.remark();
    }

    private static Collection<LiveStep> without(List<LiveStep> all, List<LiveStep> shown) {
        var left = new java.util.LinkedHashSet<>(all);
        shown.forEach(left::remove);
        return left;
    }

    private static String counts(Collection<LiveStep> steps) {
        Map<StepState, Integer> counts = new EnumMap<>(StepState.class);
        steps.forEach(step -> counts.merge(step.state(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().text())
                .collect(Collectors.joining(", "));
    }

    private String fit(String text) {
        return Text.fit(text, width, style.ellipsis());
    }
}
