package dev.dagkeeper.worker;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of one attempt: masked, cut into numbered chunks, capped. Keeps the beginning and the last bytes of a log that
 * is too long, with a notice between them. Thread-safe.
 *
 * <p>A chunk stays here until the store has it. A writer that is {@value #MOST_UNSENT} bytes ahead of the store waits, so
 * that a slow store costs time and not memory; nobody waits after {@link #release} or {@link #finish}.
 */
final class AttemptLog extends OutputStream {
    private static final int CHUNK = 64 * 1024;
    private static final int FIRST_BUFFER = 1024;
    private static final int MOST_UNSENT = 1024 * 1024;
    private static final int LAST_BYTES = 64 * 1024;

    private final Claimed claimed;
    private final InstantSource clock;
    private final LogShipper shipper;
    private final int beginning;
    private final LastBytes end;
    private final Redaction.Stream redaction;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomAgain = lock.newCondition();
    private final Deque<LogChunk> unsent = new ArrayDeque<>();
    private int unsentBytes;
    private byte[] buffer = {};
    private int buffered;
    private int kept;
    private int nextSeq;
    private boolean released;
    private boolean finished;

    /**
     * An empty log.
     *
     * @param limit bytes kept, the notice aside
     */
    AttemptLog(Claimed claimed, int limit, Redaction redaction, InstantSource clock, LogShipper shipper) {
        this.claimed = claimed;
        this.clock = clock;
        this.shipper = shipper;
        int last = Math.min(LAST_BYTES, limit / 4);
        this.beginning = limit - last;
        this.end = new LastBytes(last);
        this.redaction = redaction.new Stream(this::keep);
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /** Never fails; ignored after {@link #finish}. */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        lock.lock();
        try {
            if (finished) {
                return;
            }
            int before = nextSeq;
            redaction.write(bytes, offset, length);
            if (buffered > 0 || nextSeq > before) {
                shipper.ship(this, nextSeq > before);
            }
            while (unsentBytes > MOST_UNSENT && !released && !finished) {
                roomAgain.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds a line of the engine's own. */
    void notice(String text) {
        var line = ("[dagkeeper] " + text + "\n").getBytes(StandardCharsets.UTF_8);
        write(line, 0, line.length);
    }

    /** The attempt is to end: writers wait no more. */
    void release() {
        lock.lock();
        try {
            released = true;
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Everything that the store does not have yet. */
    List<LogChunk> unsent() {
        lock.lock();
        try {
            cut();
            return List.copyOf(unsent);
        } finally {
            lock.unlock();
        }
    }

    /** The store has these, which {@link #unsent} gave. */
    void sent(List<LogChunk> chunks) {
        lock.lock();
        try {
            for (var chunk : chunks) {
                if (unsent.remove(chunk)) {
                    unsentBytes -= chunk.bytes().length;
                }
            }
            roomAgain.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the log. What it returns is to be stored with the result; a chunk that was stored meanwhile may be among it. */
    List<LogChunk> finish() {
        lock.lock();
        try {
            if (!finished) {
                redaction.finish();
                appendEnd();
                cut();
                finished = true;
                roomAgain.signalAll();
            }
            return new ArrayList<>(unsent);
        } finally {
            lock.unlock();
            shipper.forget(this);
        }
    }

    private void keep(byte[] bytes, int offset, int length) {
        int fits = Math.min(length, beginning - kept);
        if (fits > 0) {
            append(bytes, offset, fits);
            kept += fits;
        }
        if (fits < length) {
            end.add(bytes, offset + fits, length - fits);
        }
    }

    private void appendEnd() {
        if (end.forgotten() > 0) {
            var notice = "\n[dagkeeper] the log is longer than the limit of this worker: %,d bytes are left out here\n"
                    .formatted(end.forgotten())
                    .getBytes(StandardCharsets.UTF_8);
            append(notice, 0, notice.length);
        }
        var last = end.bytes();
        append(last, 0, last.length);
    }

    private void append(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (buffered == buffer.length) {
                makeRoom(left);
            }
            int part = Math.min(left, buffer.length - buffered);
            System.arraycopy(bytes, from, buffer, buffered, part);
            buffered += part;
            from += part;
            left -= part;
        }
    }

    private void makeRoom(int wanted) {
        if (buffered >= CHUNK) {
            cut();
        }
        int size = Math.max(FIRST_BUFFER, Math.max(buffer.length * 2, buffered + wanted));
        buffer = Arrays.copyOf(buffer, Math.min(CHUNK, size));
    }

    private void cut() {
        if (buffered == 0) {
            return;
        }
        var bytes = Arrays.copyOf(buffer, buffered);
        unsent.add(new LogChunk(claimed.key(), claimed.claim(), claimed.attempt(), nextSeq++, clock.instant(), bytes));
        unsentBytes += bytes.length;
        buffer = new byte[0];
        buffered = 0;
    }
}
