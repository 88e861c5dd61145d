package dev.dagkeeper.cluster;

import java.util.Optional;

/**
 * How leaders and workers talk through ZooKeeper, as a number that is raised when a change would be misunderstood. Each
 * leader announces, in the node of its epoch, which numbers it works with; a worker of another number gets no steps from it
 * and says so. Immutable.
 *
 * @param oldest the lowest number that is understood
 * @param newest the highest
 */
public record Protocol(int oldest, int newest) {
    /** The number of this program. Workers made before there were numbers announce none, which is read as 0. */
    public static final int NUMBER = 1;

    /** What a leader of this program works with. */
    public static final Protocol SUPPORTED = new Protocol(1, NUMBER);

    public Protocol {
        if (oldest > newest) {
            throw new IllegalArgumentException("protocols " + oldest + ".." + newest);
        }
    }

    /** Why a worker of this number gets no steps, such as {@code protocol 0 is older than 1..2}; empty when it does. */
    public Optional<String> refusal(int number) {
        if (number >= oldest && number <= newest) {
            return Optional.empty();
        }
        return Optional.of("protocol " + number + " is " + (number < oldest ? "older" : "newer") + " than " + this);
    }

    /** Such as {@code 2}, or {@code 1..2}. */
    @Override
    public String toString() {
        return oldest == newest ? Integer.toString(oldest) : oldest + ".." + newest;
    }
}
