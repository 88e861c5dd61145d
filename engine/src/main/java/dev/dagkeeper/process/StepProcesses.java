package dev.dagkeeper.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes of one worker: gives each attempt its marker, keeps the guard, and ends what outlives its attempt.
 * Thread-safe.
 *
 * <p>A marker is {@code DAGKEEPER_PROCESS=<work directory>.<incarnation>.<attempt>}: so one attempt's processes, one
 * incarnation's, and those of every incarnation that used a work directory can each be told from all others.
 */
public final class StepProcesses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StepProcesses.class);
    private static final String NAME = "DAGKEEPER_PROCESS";

    private final String incarnation;
    private final boolean guarded;
    private final ProcessGuard guard;
    private final Set<String> live = ConcurrentHashMap.newKeySet();
    private final AtomicLong attempts = new AtomicLong();
    private final Semaphore ended = new Semaphore(0);
    private final Semaphore pause = new Semaphore(0);
    private final Thread strays;

    private StepProcesses(String incarnation, boolean guarded) {
        this.incarnation = incarnation;
        this.guarded = guarded;
        this.guard = new ProcessGuard(incarnation);
        this.strays = Thread.ofPlatform().daemon().name("stray-processes").start(this::endStrays);
    }

    /**
     * Takes over a work directory, which nobody else may be using: ends what earlier incarnations on it left behind.
     *
     * @param guarded whether to start a guard before the first process
     */
    public static StepProcesses open(Path workDirectory, boolean guarded) throws IOException {
        var directory = NAME + "=" + hash(workDirectory.toRealPath().toString()) + ".";
        int left = killAll(directory, marker -> true);
        if (left > 0) {
            LOG.info("ended {} processes that an earlier worker on {} left behind", left, workDirectory);
        }
        var random = new byte[8];
        new SecureRandom().nextBytes(random);
        return new StepProcesses(directory + HexFormat.of().formatHex(random) + ".", guarded);
    }

    /**
     * A marker for one attempt, whose processes are left alone until {@link #leave}. Sees to it that the guard runs.
     *
     * @throws IOException when the guard cannot be started
     */
    public String enter() throws IOException {
        if (guarded) {
            guard.ensureRunning();
        }
        var marker = incarnation + attempts.incrementAndGet();
        live.add(marker);
        return marker;
    }

    /** The attempt is over: what still carries its marker is ended within about a second. */
    public void leave(String marker) {
        live.remove(marker);
        ended.release();
    }

    /** Tells the guard about a process group. */
    public void watch(long group) {
        if (guarded) {
            guard.watch(group);
        }
    }

    /** The group is gone. */
    public void forget(long group) {
        if (guarded) {
            guard.forget(group);
        }
    }

    /** Ends every process that is left and lets the guard go. */
    @Override
    public void close() {
        strays.interrupt();
        try {
            strays.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (attempts.get() > 0) {
            killAll(incarnation, marker -> true);
        }
        guard.close();
    }

    /**
     * A process may leave its group and session. Looking through all processes after each step would cost more than most
     * steps, so one look a second serves all that ended before it.
     */
    private void endStrays() {
        try {
            while (true) {
                ended.acquire();
                pause.tryAcquire(1, TimeUnit.SECONDS);
                ended.drainPermits();
                int left = killAll(incarnation, marker -> !live.contains(marker));
                if (left > 0) {
                    LOG.info("ended {} processes that had left the process group of their step", left);
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills what carries such a marker until there is none, for at most 5 seconds. */
    private static int killAll(String prefix, Predicate<String> which) {
        int killed = 0;
        for (int round = 0; round < 250; round++) {
            var found = ProcessTable.carrying(prefix).entrySet().stream()
                    .filter(process -> which.test(process.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
            if (found.isEmpty()) {
                return killed;
            }
            killed = Math.max(killed, found.size());
            found.forEach(Signal.KILL::toProcess);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        LOG.error("processes with {} in their environment do not end", prefix);
        return killed;
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
