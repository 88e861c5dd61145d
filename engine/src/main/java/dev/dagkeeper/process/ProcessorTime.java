package dev.dagkeeper.process;

/** The processor time of this process and of all it has started, as {@code /proc} shows it. */
public final class ProcessorTime {
    /** What Linux counts in, on every architecture, towards programs. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessorTime() {}

    /**
     * Seconds on any core so far, in user and system mode: of this process, of its descendants, and of those that ended and
     * were waited for. So what runs beside it as a child, such as an embedded Postgres, is in it.
     */
    public static double seconds() {
        return ProcessTable.family(ProcessHandle.current().pid()).stream()
                        .mapToLong(ProcessTable.Stat::ticks)
                        .sum()
                / TICKS_PER_SECOND;
    }
}
