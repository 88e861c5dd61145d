package dev.dagkeeper.executors.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a process's output to the log while it runs. Needs a platform thread: a read from a pipe holds the carrier of a
 * virtual thread.
 */
final class OutputPump implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);
    private static final int BUFFER = 16 * 1024;
    private static final int MOST_PARTS = 256;

    private final InputStream from;
    private final OutputStream to;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long lastProgress = System.nanoTime();
    private volatile boolean writing;
    private volatile boolean detached;

    OutputPump(InputStream from, OutputStream to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public void run() {
        var buffer = new byte[BUFFER];
        try {
            int read = from.read(buffer);
            while (read >= 0 && !detached) {
                writing = true;
                to.write(buffer, 0, read);
                writing = false;
                lastProgress = System.nanoTime();
                read = from.read(buffer);
            }
        } catch (IOException closed) {
            LOG.debug("the output of a process was closed", closed);
        } finally {
            done.countDown();
        }
    }

    /** Whether everything was copied within the time. */
    boolean await(Duration time) throws InterruptedException {
        return done.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits as long as anything is being copied, and then for so long again. */
    boolean awaitQuiet(Duration quiet) throws InterruptedException {
        while (!await(Duration.ofMillis(20))) {
            if (!writing && System.nanoTime() - lastProgress > quiet.toNanos()) {
                detached = true;
                return false;
            }
        }
        return true;
    }

    /** Copies what is there now, without waiting for more; not much more than a pipe holds, as somebody may go on writing. */
    static void drain(InputStream from, OutputStream to) throws IOException {
        var buffer = new byte[BUFFER];
        for (int part = 0; part < MOST_PARTS && from.available() > 0; part++) {
            int read = from.read(buffer);
            if (read < 0) {
                return;
            }
            to.write(buffer, 0, read);
        }
    }
}
