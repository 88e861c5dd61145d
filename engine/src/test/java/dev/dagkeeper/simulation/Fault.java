package dev.dagkeeper.simulation;

/** What can go wrong, and how likely it is in a history that has it: for each operation, or for each second. */
enum Fault {
    CRASH_BEFORE_OPERATION(0.0006),
    CRASH_AFTER_OPERATION(0.0006),
    PAUSE_IN_OPERATION(0.0012),
    POSTGRES_ANSWER_LOST(0.002),
    POSTGRES_REQUEST_LOST(0.002),
    ZOOKEEPER_ANSWER_LOST(0.002),
    ZOOKEEPER_REQUEST_LOST(0.002),
    NEWS_LATE(0.02),
    NEWS_TWICE(0.02),
    BELL_LOST(0.1),
    ALARM_LOST(0.1),
    PROCESS_KILLED(0.05),
    PROCESS_PAUSED(0.05),
    PROCESS_DISCONNECTED(0.08),
    SESSION_EXPIRED(0.05),
    ZOOKEEPER_WIPED(0.03),
    POSTGRES_RESTARTED(0.06),
    CLOCK_JUMPED(0.08);

    private final double likelihood;

    Fault(double likelihood) {
        this.likelihood = likelihood;
    }

    double likelihood() {
        return likelihood;
    }

    /** Whether no worker is away because of it for longer than it takes to reconnect. */
    boolean isGentle() {
        return switch (this) {
            case NEWS_LATE,
                    NEWS_TWICE,
                    BELL_LOST,
                    ALARM_LOST,
                    ZOOKEEPER_WIPED,
                    CLOCK_JUMPED,
                    POSTGRES_ANSWER_LOST,
                    POSTGRES_REQUEST_LOST -> true;
            case CRASH_BEFORE_OPERATION,
                    CRASH_AFTER_OPERATION,
                    PAUSE_IN_OPERATION,
                    ZOOKEEPER_ANSWER_LOST,
                    ZOOKEEPER_REQUEST_LOST,
                    PROCESS_KILLED,
                    PROCESS_PAUSED,
                    PROCESS_DISCONNECTED,
                    SESSION_EXPIRED,
                    POSTGRES_RESTARTED -> false;
        };
    }

    /** Whether it is drawn for every second, and not for every operation. */
    boolean byTime() {
        return compareTo(PROCESS_KILLED) >= 0;
    }
}
