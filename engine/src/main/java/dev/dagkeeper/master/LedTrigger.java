package dev.dagkeeper.master;

import static java.util.Objects.requireNonNull;

import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.CatchUp;
import dev.dagkeeper.schedule.CatchUp.Decided;
import dev.dagkeeper.schedule.Hold;
import dev.dagkeeper.schedule.Interval;
import dev.dagkeeper.schedule.Timetable;
import dev.dagkeeper.schedule.Updates;
import dev.dagkeeper.workflow.Schedule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trigger in the leader's memory: how far it has come, and what of its due fires is decided but not written yet. Not
 * thread-safe: the leader's.
 */
final class LedTrigger {
    private final StoredTrigger row;
    private final Timetable timetable;
    private final Optional<Instant> horizon;
    private List<Hold> holds;
    private Instant cursor;
    private Optional<Instant> nextStart = Optional.empty();
    private int failures;
    private Optional<Instant> suspendedAt;
    private String reason;
    private boolean known;
    private CatchUp.@Nullable Plan plan;
    private int written;
    private final @Nullable Updates updates;
    private long consumed;
    private long heard;
    private Instant wakes = Instant.MIN;

    private LedTrigger(
            StoredTrigger row, Timetable timetable, Instant cursor, List<Hold> holds, Optional<Instant> horizon) {
        this.row = row;
        this.timetable = timetable;
        this.cursor = cursor;
        this.holds = holds;
        this.horizon = horizon;
        suspendedAt = row.progress().flatMap(Progress::suspendedAt);
        failures = row.progress().map(Progress::failures).orElse(0);
        reason = row.progress().map(Progress::reason).orElse("");
        known = row.progress().isPresent();
        consumed = row.progress().map(Progress::event).orElse(0L);
        heard = consumed;
        updates = horizon.isEmpty() && timetable.schedule().when() instanceof Schedule.When.Datasets datasets
                ? new Updates(datasets)
                : null;
        if (suspensionIsOver()) {
            failures = 0;
        }
        findNext();
    }

    /** As it is read; {@code earlier} is when the last pause that is over began, for a leader that saw it. */
    static LedTrigger of(StoredTrigger row, Timetable timetable, Optional<Instant> earlier) {
        var cursor = timetable.owedFrom(row.since(), row.progress().map(Progress::cursor));
        return new LedTrigger(row, timetable, cursor, holds(row, row.progress(), earlier), Optional.empty());
    }

    private static List<Hold> holds(StoredTrigger row, Optional<Progress> progress, Optional<Instant> earlier) {
        return Hold.of(
                row.pausedAt(),
                row.pausedBy(),
                // A trigger that came again is as good as resumed then; nothing before is owed anyway.
                row.resumedAt().filter(resumed -> resumed.isAfter(row.since())),
                row.resumedBy(),
                progress.flatMap(Progress::suspendedAt),
                progress.map(Progress::reason).orElse(""),
                earlier);
    }

    /** What is left to decide under a schedule that another one has replaced since. */
    LedTrigger until(Instant replaced) {
        return new LedTrigger(row.with(Optional.of(progress())), timetable, cursor, holds, Optional.of(replaced));
    }

    /** What is left to decide of a trigger that no deployed revision has since. */
    LedTrigger removed(Instant since) {
        return new LedTrigger(
                row.with(Optional.of(progress())), timetable, cursor, List.of(Hold.removed()), Optional.of(since));
    }

    StoredTrigger row() {
        return row;
    }

    Timetable timetable() {
        return timetable;
    }

    Instant cursor() {
        return cursor;
    }

    /** Whether it is a remainder of an earlier schedule, and so has no alarms. */
    boolean isRemainder() {
        return horizon.isPresent();
    }

    /** Whether it is paused, by an operator or by itself. */
    boolean isHeld() {
        return holds.stream().anyMatch(Hold::isOpen);
    }

    /** When the next fire without an outcome is to be started; one on datasets has none while it is paused. */
    Optional<Instant> nextStart() {
        return updates == null ? nextStart : isHeld() ? Optional.empty() : updates.due();
    }

    boolean isDue(Instant now) {
        return nextStart().filter(start -> !start.isAfter(now)).isPresent();
    }

    /** Whether it fires by updates of datasets, and not by the clock. */
    boolean isOnDatasets() {
        return updates != null;
    }

    /** The updates that no run of it has seen. */
    Updates updates() {
        return requireNonNull(updates, "a trigger by the clock has no datasets");
    }

    /** It knows of everything up to this event. */
    void heardUpTo(long event) {
        heard = Math.max(heard, event);
    }

    /** The events that no run of it has seen, as far as it knows of them. */
    Unseen unseen() {
        return new Unseen(List.copyOf(updates().uris()), consumed, heard, row.since());
    }

    /**
     * When to look at it again, if it is not to be looked at by then anyway. With further updates that only becomes later, so whoever is
     * woken too early asks again.
     */
    Optional<Instant> toBeWoken(Instant now) {
        boolean awaited = wakes.isAfter(now);
        var start = nextStart().filter(at -> !awaited || at.isBefore(wakes));
        wakes = start.orElse(wakes);
        return start;
    }

    /** It was, be it a moment too early: then it is to be woken once more. */
    void woken() {
        wakes = Instant.MIN;
    }

    /**
     * Fires for all updates that it knows of, which is due. To be written, or this memory is void.
     *
     * @return the interval from the fire before to this one, which is its end
     */
    Interval fire(Instant now) {
        var time = now.truncatedTo(ChronoUnit.MILLIS);
        var fire = time.isAfter(cursor)
                ? time
                : cursor.truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
        var interval = new Interval(cursor, fire);
        cursor = fire;
        consumed = heard;
        updates().clear();
        forgetSuspension();
        return interval;
    }

    private void findNext() {
        nextStart = timetable
                .fires()
                .next(cursor)
                .filter(fire -> horizon.map(end -> !fire.isAfter(end)).orElse(true))
                .map(timetable::startAt);
    }

    /** Takes the next fires that are due, with their outcomes. To be written, or this memory is void. */
    List<Decided> take(int most, Instant now) {
        if (plan == null) {
            plan = CatchUp.decide(timetable, cursor, holds, horizon.orElse(now));
            written = 0;
        }
        var all = plan.fires();
        var part = all.subList(written, Math.min(all.size(), written + most));
        written += part.size();
        if (written == all.size()) {
            cursor = plan.cursor();
            plan = null;
            forgetSuspension();
            if (isRemainder()) {
                nextStart = Optional.empty();
            } else {
                findNext();
            }
        } else if (plan.ascending() && !owesThePast()) {
            cursor = part.getLast().fire();
        }
        return part;
    }

    /** Fires from before the deployment are owed as long as there is no cursor. */
    private boolean owesThePast() {
        return cursor.isBefore(row.since());
    }

    /** Whether there is a place to say how far it has come. */
    boolean hasProgress() {
        return plan == null || !owesThePast();
    }

    /** How far it has come, to be written. */
    TriggerProgress written() {
        known = true;
        return new TriggerProgress(row.id(), progress());
    }

    /** How far it has come as far as that is written or will be in this round. */
    Optional<Progress> known() {
        return known ? Optional.of(progress()) : Optional.empty();
    }

    private Progress progress() {
        return new Progress(cursor, failures, suspendedAt, reason, consumed);
    }

    /**
     * A run of it has ended.
     *
     * @return whether that is to be written
     */
    boolean ended(RunState state, Instant now) {
        var most = timetable.schedule().pauseOnFailure();
        if (most.isEmpty() || state == RunState.CANCELLED || state == RunState.SKIPPED) {
            return false;
        }
        if (state != RunState.FAILED) {
            boolean changed = failures != 0;
            failures = 0;
            return changed;
        }
        failures++;
        if (failures >= most.get() && (suspendedAt.isEmpty() || suspensionIsOver())) {
            suspendedAt = Optional.of(now);
            reason = failures == 1
                    ? "paused itself after a failed run"
                    : "paused itself after " + failures + " failed runs in a row";
            holds = holds(row, Optional.of(progress()), Optional.empty());
        }
        return true;
    }

    private boolean suspensionIsOver() {
        return suspendedAt.isPresent()
                && row.resumedAt()
                        .filter(resumed -> !resumed.isBefore(suspendedAt.get()))
                        .isPresent();
    }

    /** Once everything that fired meanwhile has its outcome. */
    private void forgetSuspension() {
        if (suspensionIsOver()) {
            suspendedAt = Optional.empty();
            reason = "";
        }
    }
}
