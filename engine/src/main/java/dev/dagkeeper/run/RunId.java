package dev.dagkeeper.run;

import java.util.UUID;

/** A run's id: a UUIDv7, so ids sort by creation. */
public record RunId(UUID value) implements Comparable<RunId> {
    /**
     * Reads the usual text form.
     *
     * @throws IllegalArgumentException when the text is not a UUID
     */
    public static RunId parse(String text) {
        return new RunId(UUID.fromString(text));
    }

    /** By the 128-bit unsigned value, as Postgres orders UUIDs. */
    @Override
    public int compareTo(RunId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
