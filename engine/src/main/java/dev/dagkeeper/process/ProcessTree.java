package dev.dagkeeper.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Everything that one command started: its process group, its session, and whatever else carries its marker in its
 * environment, even after a double fork into another session. The command leads its own session. Thread-safe.
 *
 * <p>Hazard: the ids of a group that is gone can be given to others. Ask and signal only from the command's start until
 * shortly after its end.
 */
public final class ProcessTree {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final long leader;
    private final String marker;

    /**
     * The tree of a command.
     *
     * @param leader the command's process id, which is also its group's and its session's
     * @param marker the entry {@code NAME=value} that its environment was given, and no other command's
     */
    public ProcessTree(long leader, String marker) {
        this.leader = leader;
        this.marker = marker;
    }

    /** Whether its process group has any process left. One system call; a group of zombies counts. */
    public boolean groupExists() {
        return Signal.NONE.toGroup(leader);
    }

    /** The processes that are left, found by group, session and marker. Reads all of {@code /proc}. */
    public List<Long> survivors() {
        return ProcessTable.of(leader, marker);
    }

    /** Asks all of it to end. */
    public void terminate() {
        Signal.TERM.toGroup(leader);
        signalOutsiders(Signal.TERM);
    }

    /**
     * Kills all of it and looks until nothing is left, against processes that fork meanwhile.
     *
     * @return whether nothing is left; false only for processes that the system does not let go within the time
     */
    public boolean kill(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Signal.KILL.toGroup(leader);
            if (signalOutsiders(Signal.KILL) == 0) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                return survivors().isEmpty();
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private int signalOutsiders(Signal signal) {
        var survivors = survivors();
        for (var pid : survivors) {
            // Members of the group had it already; a second TERM would run a trap twice.
            if (signal == Signal.KILL || !ProcessTable.isInGroup(pid, leader)) {
                signal.toProcess(pid);
            }
        }
        return survivors.size();
    }
}
