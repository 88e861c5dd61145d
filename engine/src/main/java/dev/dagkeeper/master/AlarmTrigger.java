package dev.dagkeeper.master;

import dev.dagkeeper.schedule.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobKey;
import org.quartz.ScheduleBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.triggers.AbstractTrigger;

/**
 * A trigger of a workflow as one of Quartz. When it fires next is asked of its {@link Timetable}, which thinks in
 * Postgres time; Quartz compares with the clock of this machine, so that the difference is taken off.
 */
final class AlarmTrigger extends AbstractTrigger<AlarmTrigger> {
    private static final long serialVersionUID = 1L;

    private final transient Timetable timetable;
    private final transient InstantSource database;
    private final transient InstantSource machine;
    private final long id;
    private transient Instant last;
    private @Nullable Date start;
    private @Nullable Date next;
    private @Nullable Date previous;

    /**
     * @param after alarms are for fires after this
     * @param database Postgres time
     * @param machine the clock that Quartz reads
     */
    AlarmTrigger(
            TriggerKey key,
            JobKey job,
            long id,
            Timetable timetable,
            Instant after,
            InstantSource database,
            InstantSource machine) {
        super(key.getName(), key.getGroup(), job.getName(), job.getGroup());
        this.id = id;
        this.timetable = timetable;
        this.last = after;
        this.database = database;
        this.machine = machine;
        setMisfireInstruction(MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY);
    }

    long id() {
        return id;
    }

    /** What has been due already is not waited for: whoever is woken looks at all that is due. */
    private void advance() {
        var certain = database.instant().minus(timetable.schedule().jitter());
        to(last.isAfter(certain) ? last : certain);
    }

    private void to(Instant after) {
        var fire = timetable.fires().next(after);
        last = fire.orElse(after);
        next = fire.map(timetable::startAt).map(this::onThisMachine).orElse(null);
    }

    private Date onThisMachine(Instant start) {
        var wait = Duration.between(database.instant(), start);
        // Up to the next millisecond: an alarm that comes early has to be waited for again.
        return Date.from(machine.instant().plus(wait).plusNanos(999_999));
    }

    @Override
    public @Nullable Date computeFirstFireTime(@Nullable Calendar calendar) {
        if (next == null) {
            // What has become due since then: nobody has looked at it yet.
            to(last);
        }
        return next;
    }

    @Override
    public void triggered(@Nullable Calendar calendar) {
        previous = next;
        advance();
    }

    @Override
    public boolean mayFireAgain() {
        return next != null;
    }

    @Override
    public @Nullable Date getNextFireTime() {
        return next;
    }

    @Override
    public void setNextFireTime(Date time) {
        next = time;
    }

    @Override
    public @Nullable Date getPreviousFireTime() {
        return previous;
    }

    @Override
    public void setPreviousFireTime(Date time) {
        previous = time;
    }

    @Override
    public @Nullable Date getFireTimeAfter(@Nullable Date time) {
        return Optional.ofNullable(time)
                .map(Date::toInstant)
                .flatMap(timetable::nextStart)
                .map(Date::from)
                .orElse(null);
    }

    @Override
    public @Nullable Date getFinalFireTime() {
        return null;
    }

    @Override
    public @Nullable Date getStartTime() {
        return start;
    }

    @Override
    public void setStartTime(Date time) {
        start = time;
    }

    @Override
    public @Nullable Date getEndTime() {
        return null;
    }

    @Override
    public void setEndTime(Date time) {
        throw new UnsupportedOperationException("the timetable says when it ends");
    }

    @Override
    protected boolean validateMisfireInstruction(int instruction) {
        return instruction == MISFIRE_INSTRUCTION_IGNORE_MISFIRE_POLICY;
    }

    @Override
    public void updateAfterMisfire(@Nullable Calendar calendar) {}

    @Override
    public void updateWithNewCalendar(@Nullable Calendar calendar, long misfireThreshold) {}

    @Override
    public ScheduleBuilder<AlarmTrigger> getScheduleBuilder() {
        throw new UnsupportedOperationException("made from a timetable only");
    }
}
