package dev.dagkeeper.schedule;

/**
 * The times of day of a cron expression, in seconds since midnight.
 *
 * @param hours bit n: hour n; at least one, as in the others
 */
record DayTimes(int hours, long minutes, long seconds) {
    private static final int NONE = -1;

    int first() {
        return at(lowest(hours), lowest(minutes), lowest(seconds));
    }

    int last() {
        return at(highest(hours), highest(minutes), highest(seconds));
    }

    int count() {
        return Integer.bitCount(hours) * inHour();
    }

    /** The first that is not before {@code from}; -1 when there is none. */
    int next(int from) {
        var hour = from / 3600;
        var minute = from / 60 % 60;
        if (has(hours, hour)) {
            if (has(minutes, minute)) {
                var second = atLeast(seconds, from % 60);
                if (second != NONE) {
                    return at(hour, minute, second);
                }
            }
            var later = atLeast(minutes, minute + 1);
            if (later != NONE) {
                return at(hour, later, lowest(seconds));
            }
        }
        var later = atLeast(hours, hour + 1);
        return later == NONE ? NONE : at(later, lowest(minutes), lowest(seconds));
    }

    /** The last that is not after {@code to}; -1 when there is none. */
    int previous(int to) {
        var hour = to / 3600;
        var minute = to / 60 % 60;
        if (has(hours, hour)) {
            if (has(minutes, minute)) {
                var second = atMost(seconds, to % 60);
                if (second != NONE) {
                    return at(hour, minute, second);
                }
            }
            var earlier = atMost(minutes, minute - 1);
            if (earlier != NONE) {
                return at(hour, earlier, highest(seconds));
            }
        }
        var earlier = atMost(hours, hour - 1);
        return earlier == NONE ? NONE : at(earlier, highest(minutes), highest(seconds));
    }

    /** How many come before {@code time}. */
    int before(int time) {
        var hour = time / 3600;
        var minute = time / 60 % 60;
        var count = below(hours, hour) * inHour();
        if (has(hours, hour)) {
            count += below(minutes, minute) * Long.bitCount(seconds);
            if (has(minutes, minute)) {
                count += below(seconds, time % 60);
            }
        }
        return count;
    }

    private int inHour() {
        return Long.bitCount(minutes) * Long.bitCount(seconds);
    }

    private static int at(int hour, int minute, int second) {
        return hour * 3600 + minute * 60 + second;
    }

    private static boolean has(long bits, int value) {
        return (bits & (1L << value)) != 0;
    }

    private static int below(long bits, int value) {
        return Long.bitCount(bits & ((1L << value) - 1));
    }

    private static int lowest(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }

    private static int highest(long bits) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
    }

    private static int atLeast(long bits, int value) {
        var rest = bits & (-1L << value);
        return rest == 0 ? NONE : lowest(rest);
    }

    private static int atMost(long bits, int value) {
        // One past the value shifts by at most 60: no value is above 59.
        var rest = bits & ((1L << (value + 1)) - 1);
        return rest == 0 ? NONE : highest(rest);
    }
}
