package dev.dagkeeper.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The life of one attempt: who told it to end and why, and whether its thread may be interrupted. Thread-safe.
 *
 * <p>The thread is interrupted only between {@link #enterExecutor} and {@link #leaveExecutor}, so the engine's own work
 * before and after is never cut short by an interrupt that came late.
 */
final class Attempt implements RunningAttempt {
    /** Why it is to end. */
    enum Why {
        TIMEOUT,
        CANCEL,
        KILL,
        ABANDON
    }

    private final Claimed claimed;
    private final Instant startedAt;
    private final Duration grace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Set<Why> whys = EnumSet.noneOf(Why.class);
    private final AtomicBoolean delivered = new AtomicBoolean();
    private @Nullable Thread executing;
    private @Nullable Runnable whenTold;

    Attempt(Claimed claimed, Instant startedAt, Duration grace) {
        this.claimed = claimed;
        this.startedAt = startedAt;
        this.grace = grace;
    }

    @Override
    public Claimed claimed() {
        return claimed;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public void stop(Stop how) {
        tell(
                switch (how) {
                    case CANCEL -> Why.CANCEL;
                    case KILL -> Why.KILL;
                    case ABANDON -> Why.ABANDON;
                });
    }

    /** Its time is up. */
    void timeOut() {
        tell(Why.TIMEOUT);
    }

    private void tell(Why why) {
        Optional<Runnable> news = Optional.empty();
        lock.lock();
        try {
            if (whys.add(why)) {
                told.signalAll();
                news = Optional.ofNullable(whenTold);
                if (executing != null) {
                    executing.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
        news.ifPresent(Runnable::run);
    }

    /** Why it is to end; the strongest reason when there are several. */
    Optional<Why> why() {
        lock.lock();
        try {
            return whys.stream().max(Why::compareTo);
        } finally {
            lock.unlock();
        }
    }

    /** How long what it started may take to end. */
    Duration grace() {
        var why = why();
        return why.isPresent() && why.get().compareTo(Why.KILL) >= 0 ? Duration.ZERO : grace;
    }

    /**
     * From now on, being told to end interrupts the calling thread and calls {@code news}.
     *
     * @return false when it was told to end already; then it must not run
     */
    boolean enterExecutor(Runnable news) {
        lock.lock();
        try {
            if (!whys.isEmpty()) {
                return false;
            }
            executing = Thread.currentThread();
            whenTold = news;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The calling thread is not interrupted any more, nor is it interrupted now. */
    void leaveExecutor() {
        lock.lock();
        try {
            executing = null;
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, at most so long. Returns at once when it was told to end. */
    void await(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && whys.isEmpty()) {
                left = told.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the caller is the first to say how it ended, and so the one who reports it. */
    boolean deliver() {
        return delivered.compareAndSet(false, true);
    }

    boolean isDelivered() {
        return delivered.get();
    }
}
