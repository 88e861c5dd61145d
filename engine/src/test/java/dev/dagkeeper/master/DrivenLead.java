package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.schedule.Timetable;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** An elected leader without a thread: whoever drives it calls {@link #round} when it was woken or when it is due. */
public final class DrivenLead implements AutoCloseable {
    private final Deque<Signal> signals = new ArrayDeque<>();
    private final Lead lead;

    public DrivenLead(
            Coordination zooKeeper,
            LeaderStore store,
            Workflows workflows,
            InstantSource clock,
            LongSupplier nanoTime,
            LeaderSettings settings,
            MeterRegistry meters,
            RunIds ids,
            AlarmClock alarmClock,
            Runnable wake) {
        lead = new Lead(
                zooKeeper,
                store,
                workflows,
                clock,
                nanoTime,
                settings,
                new LeaderMetrics(meters),
                signal -> {
                    signals.add(signal);
                    wake.run();
                },
                fired -> new WoundAlarms(clock, alarmClock, fired),
                ids,
                refusal -> {
                    throw new AssertionError(refusal);
                });
    }

    /** What winds alarms. */
    public interface AlarmClock {
        /** Does something later, in the leader's own thread. */
        void in(Duration delay, Runnable what);

        /** Whether an alarm that is due does not come. */
        boolean isBroken();
    }

    /** Winds the next alarm of a trigger when one goes, as Quartz does. */
    private record WoundAlarms(InstantSource clock, AlarmClock alarmClock, LongConsumer fired, Map<Long, Object> wound)
            implements Alarms {
        WoundAlarms(InstantSource clock, AlarmClock alarmClock, LongConsumer fired) {
            this(clock, alarmClock, fired, new HashMap<>());
        }

        @Override
        public void set(long trigger, Timetable timetable, Instant after) {
            var mark = new Object();
            wound.put(trigger, mark);
            wind(trigger, timetable, after, mark);
        }

        private void wind(long trigger, Timetable timetable, Instant after, Object mark) {
            timetable.fires().next(after).ifPresent(fire -> {
                var wait = Duration.between(clock.instant(), timetable.startAt(fire));
                alarmClock.in(wait.isNegative() ? Duration.ZERO : wait, () -> {
                    if (mark.equals(wound.get(trigger))) {
                        if (!alarmClock.isBroken()) {
                            fired.accept(trigger);
                        }
                        wind(trigger, timetable, fire, mark);
                    }
                });
            });
        }

        @Override
        public void remove(long trigger) {
            wound.remove(trigger);
        }

        @Override
        public void close() {
            wound.clear();
        }
    }

    public Duration untilDue() {
        return signals.isEmpty() ? lead.untilDue() : Duration.ZERO;
    }

    public void round() throws InterruptedException {
        var round = new ArrayList<>(signals);
        signals.clear();
        lead.round(round);
    }

    @Override
    public void close() {
        lead.close();
    }
}
