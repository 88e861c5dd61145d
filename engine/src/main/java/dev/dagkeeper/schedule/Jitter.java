package dev.dagkeeper.schedule;

import java.time.Duration;
import java.time.Instant;

/** How much later a fire is started: spread evenly, and fixed by what the fire is known by alone. */
final class Jitter {
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Jitter() {}

    /** From zero to less than {@code most}, in milliseconds. */
    static Duration of(String workflow, String trigger, Instant fire, Duration most) {
        if (most.isZero()) {
            return Duration.ZERO;
        }
        var hash = mixed(hash(hash(hash(FNV_BASIS, workflow), trigger), Long.toString(fire.toEpochMilli())));
        return Duration.ofMillis(Math.unsignedMultiplyHigh(hash, most.toMillis()));
    }

    /** FNV-1a over the UTF-16 text and an end that no text contains. */
    private static long hash(long basis, String text) {
        var hash = basis;
        for (var i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return (hash ^ 0xffff) * FNV_PRIME;
    }

    /** Spreads what differs in a few bits over all of them, as SplitMix64 does. */
    private static long mixed(long hash) {
        var z = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
