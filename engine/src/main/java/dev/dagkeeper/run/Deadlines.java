package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Deadline;
import dev.dagkeeper.workflow.Deadline.From;
import dev.dagkeeper.workflow.Durations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deadlines of a run: when they strike and what then follows. A deadline is a matter of the main steps, as the run's timeout
 * is: once they are over it strikes no more. Each strikes once.
 */
public final class Deadlines {
    private Deadlines() {}

    /**
     * A deadline that will strike, or has to by now.
     *
     * @param deadline its place in the workflow's list
     */
    public record Due(int deadline, Instant at) {}

    /**
     * Those whose time is known and that have not struck.
     *
     * @param startedAt when the run was taken up; what is counted from that is left out before
     */
    public static List<Due> due(ActiveRun run, Optional<Instant> startedAt) {
        var due = new ArrayList<Due>();
        var deadlines = run.workflow().deadlines();
        for (int place = 0; place < deadlines.size(); place++) {
            if (!run.struck(place)) {
                int number = place;
                var deadline = deadlines.get(place);
                since(run, deadline.from(), startedAt)
                        .ifPresent(since -> due.add(new Due(number, since.plus(deadline.within()))));
            }
        }
        return due;
    }

    /** Those that are counted from the run's start, which is now. */
    public static List<Due> dueOnceStarted(ActiveRun run, Instant now) {
        return due(run, Optional.of(now)).stream()
                .filter(due -> run.workflow().deadlines().get(due.deadline()).from() == From.STARTED)
                .toList();
    }

    private static Optional<Instant> since(ActiveRun run, From from, Optional<Instant> startedAt) {
        return switch (from) {
            case SCHEDULED -> Optional.of(run.header().facts().time());
            case QUEUED -> Optional.of(run.header().createdAt());
            case STARTED -> startedAt;
        };
    }

    static void strike(Draft draft, int place) {
        if (draft.run().struck(place) || draft.hooksBegun()) {
            return;
        }
        var deadline = draft.workflow().deadlines().get(place);
        var why = words(deadline);
        draft.strike(place, why);
        switch (deadline.action()) {
            case ALERT -> {}
            case CANCEL -> Stops.cancel(draft, false, Reasons.DEADLINE + ": " + why);
            case FAIL -> Stops.fail(draft, Reasons.DEADLINE + ": " + why);
        }
    }

    /** What a run failed to do that has not ended at a deadline. */
    public static String words(Deadline deadline) {
        return "not ended " + Durations.format(deadline.within())
                + switch (deadline.from()) {
                    case SCHEDULED -> " after its scheduled time";
                    case QUEUED -> " after it was created";
                    case STARTED -> " after it was started";
                };
    }
}
