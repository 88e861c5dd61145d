package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Schedule.Catchup;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what comes of the fires of a trigger that are due. Whoever decides, and whenever, a fire that has its
 * outcome is behind the cursor and does not come up again.
 *
 * <p>A fire that is not later than {@link #GRACE} is started, whatever the trigger says of catching up: a change of the leader or a
 * short outage is no miss. Of those that are later the trigger says which are started.
 */
public final class CatchUp {
    /** How late a fire may be started as if it were on time. */
    public static final Duration GRACE = Duration.ofSeconds(60);

    /** Of fires that are due at once the newest so many are decided one by one; those before share one row. */
    public static final int MOST = 10_000;

    private final Timetable timetable;
    private final List<Hold> holds;
    private final Instant now;
    private final List<Decided> decided = new ArrayList<>();
    private final List<Integer> late = new ArrayList<>();
    private boolean startsOneOnTime;

    private CatchUp(Timetable timetable, List<Hold> holds, Instant now) {
        this.timetable = timetable;
        this.holds = holds;
        this.now = now;
    }

    /** What comes of one fire; {@code reason} is empty where it is started. */
    public record Decided(Instant fire, FireOutcome outcome, String reason) {}

    /**
     * What comes of all that is due.
     *
     * @param fires in the order in which they are to be started
     * @param ascending whether the cursor may follow each of them as soon as it is written; otherwise only all of them
     * @param cursor where it stands once all are written
     */
    public record Plan(List<Decided> fires, boolean ascending, Instant cursor) {
        public Plan {
            fires = List.copyOf(fires);
        }
    }

    /**
     * Decides all fires after the cursor that are due.
     *
     * @param cursor every fire up to here has its outcome
     * @param holds when fires are skipped
     */
    public static Plan decide(Timetable timetable, Instant cursor, List<Hold> holds, Instant now) {
        return new CatchUp(timetable, holds, now).decide(cursor);
    }

    private Plan decide(Instant cursor) {
        var end = dueUntil(cursor);
        var fires = timetable.fires();
        long before = fires.count(cursor, end) - MOST;
        if (before > 0) {
            var first = nthLast(end, MOST);
            addRest(fires.next(cursor).orElseThrow(), first, before);
            addAll(first.minusMillis(1), end);
        } else {
            addAll(cursor, end);
        }
        catchUp();
        boolean ascending = timetable.schedule().catchup().order() == Catchup.Order.OLDEST_FIRST;
        var last = decided.isEmpty() ? cursor : decided.getLast().fire();
        return new Plan(ascending ? decided : decided.reversed(), ascending, last);
    }

    /** Fires are decided in their order: one whose jitter is not over holds up those behind it. */
    private Instant dueUntil(Instant cursor) {
        var jitter = timetable.schedule().jitter();
        if (jitter.isZero()) {
            return now;
        }
        var certain = now.minus(jitter);
        return timetable
                .fires()
                .between(cursor.isAfter(certain) ? cursor : certain, now)
                .filter(fire -> timetable.startAt(fire).isAfter(now))
                .findFirst()
                .map(fire -> fire.minusMillis(1))
                .orElse(now);
    }

    private Instant nthLast(Instant end, int n) {
        var fire = end.plusMillis(1);
        for (int i = 0; i < n; i++) {
            fire = timetable.fires().previous(fire).orElseThrow();
        }
        return fire;
    }

    private void addRest(Instant first, Instant end, long count) {
        var held = hold(first);
        var reason = "one of %,d fires until %s, too many to be listed one by one; ".formatted(count, end)
                + (held.isEmpty() ? "none of them was started" : held.getFirst().reason());
        decided.add(new Decided(first, held.isEmpty() ? FireOutcome.MISSED : FireOutcome.SKIPPED, reason));
    }

    private void addAll(Instant cursor, Instant end) {
        timetable.fires().between(cursor, end).forEach(this::add);
    }

    private List<Hold> hold(Instant fire) {
        return holds.stream().filter(hold -> hold.holds(fire)).limit(1).toList();
    }

    private void add(Instant fire) {
        var held = hold(fire);
        var deadline = timetable.schedule().startDeadline();
        var start = timetable.startAt(fire);
        if (!held.isEmpty()) {
            decided.add(new Decided(fire, FireOutcome.SKIPPED, held.getFirst().reason()));
        } else if (deadline.isPresent() && now.isAfter(fire.plus(deadline.get()))) {
            decided.add(missed(fire, "it was to be started within " + Durations.format(deadline.get())));
        } else {
            boolean onTime = !now.isAfter(start.plus(GRACE));
            if (onTime) {
                startsOneOnTime = true;
            } else {
                late.add(decided.size());
            }
            decided.add(new Decided(fire, FireOutcome.STARTED, ""));
        }
    }

    private Decided missed(Instant fire, String why) {
        var lateness = Duration.between(fire, now).truncatedTo(ChronoUnit.SECONDS);
        return new Decided(fire, FireOutcome.MISSED, Durations.format(lateness) + " late; " + why);
    }

    /** Of what is late, only what the trigger wants caught up is started. */
    private void catchUp() {
        var catchup = timetable.schedule().catchup();
        int left = switch (catchup.mode()) {
            case NONE -> 0;
            case LATEST -> startsOneOnTime ? 0 : 1;
            case ALL -> catchup.maxRuns().orElse(Integer.MAX_VALUE);
        };
        for (int at : late.reversed()) {
            var fire = decided.get(at).fire();
            boolean inWindow = catchup.window()
                    .map(window -> !fire.isBefore(now.minus(window)))
                    .orElse(true);
            if (!inWindow) {
                decided.set(
                        at,
                        missed(
                                fire,
                                "the window to catch up is "
                                        + Durations.format(catchup.window().orElseThrow())));
            } else if (left > 0) {
                left--;
            } else {
                decided.set(at, missed(fire, why(catchup)));
            }
        }
    }

    private static String why(Catchup catchup) {
        return switch (catchup.mode()) {
            case NONE -> "the trigger does not catch up";
            case LATEST -> "a later fire was started";
            case ALL -> "the most recent " + catchup.maxRuns().orElse(0) + " are caught up";
        };
    }
}
