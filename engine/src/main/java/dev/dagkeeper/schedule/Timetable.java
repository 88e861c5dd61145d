package dev.dagkeeper.schedule;

import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When one trigger of one workflow fires and starts. Immutable and thread-safe.
 *
 * @param workflow {@code namespace/name}
 * @param trigger its id in the workflow
 */
public record Timetable(Schedule schedule, Fires fires, String workflow, String trigger) {
    public static Timetable of(Schedule schedule, String workflow, String trigger) {
        return new Timetable(schedule, Fires.of(schedule), workflow, trigger);
    }

    /** The same trigger with one fire, not before an instant: for what is decided by something else than the time. */
    public Timetable once(Instant at) {
        var fire = Instant.ofEpochMilli(Fires.ceiling(at));
        var once = new Schedule(
                new Schedule.When.At(List.of(fire)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Duration.ZERO,
                Schedule.Catchup.DEFAULT,
                Optional.empty(),
                Optional.empty());
        return of(once, workflow, trigger);
    }

    /** When a fire is to be started: its time and its jitter. */
    public Instant startAt(Instant fire) {
        return fires.startAt(workflow, trigger, fire);
    }

    /** When the first fire after an instant is to be started. */
    public Optional<Instant> nextStart(Instant after) {
        return fires.next(after).map(this::startAt);
    }

    /**
     * From when on fires are owed.
     *
     * @param since when the schedule was deployed
     * @param cursor up to where fires have their outcome; absent for a trigger that is new
     */
    public Instant owedFrom(Instant since, Optional<Instant> cursor) {
        if (cursor.isPresent()) {
            return cursor.get().isAfter(since) ? cursor.get() : since;
        }
        return schedule.from()
                .filter(from -> from.isBefore(since) && schedule.catchup().asksForThePast())
                .map(from -> from.minusMillis(1))
                .orElse(since);
    }
}
