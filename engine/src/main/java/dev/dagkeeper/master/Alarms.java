package dev.dagkeeper.master;

import dev.dagkeeper.schedule.Timetable;
import java.time.Instant;
import java.util.function.LongConsumer;

/**
 * Wakes the leader when triggers are due. An alarm decides nothing: one that comes twice, early or not at all costs at most
 * time. Used by the leader's thread only.
 */
interface Alarms extends AutoCloseable {
    /** Gives none: then only the leader's own look at its triggers finds what is due. */
    Maker NONE = _ -> new Alarms() {
        @Override
        public void set(long trigger, Timetable timetable, Instant after) {}

        @Override
        public void remove(long trigger) {}

        @Override
        public void close() {}
    };

    /** Makes the alarms of one term. */
    @FunctionalInterface
    interface Maker {
        /**
         * Makes them.
         *
         * @param fired told the trigger, on another thread; must not wait
         */
        Alarms make(LongConsumer fired);
    }

    /**
     * From now on an alarm when each fire after an instant is to be started, instead of those set before; at once when the first
     * of them is due already.
     */
    void set(long trigger, Timetable timetable, Instant after);

    /** No more alarms for a trigger. */
    void remove(long trigger);

    /** No more alarms at all. */
    @Override
    void close();
}
