package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The words for what an instance waits for, or why a run is as it is. */
public final class Reasons {
    static final String HOOKS = "hooks";
    static final String TIMEOUT = "timeout";
    static final String DEADLINE = "deadline";
    static final String KILLED = "killed";
    private static final String START_DEADLINE = "start-deadline: ";
    static final String PAST = "depends-on-past: ";
    private static final String CAUSE = HOOKS + "; ";
    private static final int NAMES = 3;

    private Reasons() {}

    /** The reason that a step's row is created with. It names the first needs only, so it need not change as they end. */
    public static String pending(Workflow workflow, Step step) {
        if (!step.needs().isEmpty()) {
            return "waits for "
                    + names(
                            step.needs().stream()
                                    .limit(NAMES)
                                    .map(need ->
                                            workflow.steps().get(need.step()).id())
                                    .toList(),
                            step.needs().size());
        }
        return step.phase() == Step.Phase.MAIN ? "waits for the run to start" : "waits for the run's verdict";
    }

    /** The first names of a list, and how many more there are. */
    static String names(List<String> first, int total) {
        var text = first.stream().limit(NAMES).collect(Collectors.joining(", "));
        return total <= NAMES ? text : text + " and " + String.format(Locale.ROOT, "%,d", total - NAMES) + " more";
    }

    /** What a step that becomes ready waits for first. */
    static String ready(RunHeader run, Step step) {
        return step.dependsOnPast() && !run.series().isEmpty()
                ? PAST + "waits to know how the run of the fire before did"
                : freeSlot(step);
    }

    /** Why a run is skipped that waited for too long after its fire. */
    public static String startDeadline(Duration within) {
        return START_DEADLINE + "not started within " + Durations.format(within) + " of its fire";
    }

    /** Whether a run was skipped because it waited for too long, and not because another took its place. */
    public static boolean isStartDeadline(String reason) {
        return reason.startsWith(START_DEADLINE);
    }

    /** Whether a step waits for a step of an earlier run, and not for a worker. */
    public static boolean isAboutPast(String reason) {
        return reason.startsWith(PAST);
    }

    static String freeSlot(Step step) {
        return "waits for a free slot on queue " + step.queue();
    }

    static String parallel(Step.Foreach foreach) {
        return foreach.maxParallel() == Integer.MAX_VALUE
                ? "waits to be placed"
                : "waits for one of " + foreach.maxParallel() + " parallel instances to end";
    }

    static String retry(int retry, int max, Duration delay) {
        return "retry " + retry + " of " + max + (delay.isZero() ? "" : " in " + words(delay));
    }

    /** A duration in the notation of the language, rounded to what a person wants to know. */
    static String words(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.compareTo(Duration.ofMinutes(10)) < 0) {
            var tenths = Math.round(duration.toMillis() / 100.0);
            return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + "s";
        }
        return duration.toMinutes() + "m";
    }

    /** The run's reason while its hooks run; it keeps why the run ended, where the steps' states do not tell. */
    static String hooks(String cause) {
        return cause.isEmpty() ? HOOKS : CAUSE + cause;
    }

    /** Why the run ended, out of its reason: what {@link #hooks} was given, or all of it. */
    public static String cause(String reason) {
        if (reason.equals(HOOKS)) {
            return "";
        }
        return reason.startsWith(CAUSE) ? reason.substring(CAUSE.length()) : reason;
    }
}
