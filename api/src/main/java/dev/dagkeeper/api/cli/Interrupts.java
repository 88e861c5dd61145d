package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** What Ctrl-C means while runs of one's own are waited for: first to cancel them, then to leave at once. */
final class Interrupts implements AutoCloseable {
    /** What to tell whoever pressed it once. */
    static final String NOTICE = "cancelling; Ctrl-C again leaves at once";

    private static final String INTERRUPT = "INT";
    /** What a shell reports of a process that ended by SIGINT. */
    private static final int LEFT = 130;

    private final Environment environment;
    private final Runnable cancel;
    private final AtomicInteger received = new AtomicInteger();
    private @Nullable Object before;

    Interrupts(Environment environment, Runnable cancel) {
        this.environment = environment;
        this.cancel = cancel;
    }

    /** For one run. */
    static Interrupts of(Environment environment, DagkeeperClient client, String run) {
        return new Interrupts(environment, () -> client.end(run, false));
    }

    void begin() {
        before = Signals.register(INTERRUPT, this::interrupted);
    }

    /** Called on a thread of the JVM's, a new one for each signal. */
    private void interrupted() {
        if (received.incrementAndGet() > 1) {
            // The engine's guard ends what it leaves behind, and the run goes on at the next start.
            Runtime.getRuntime().halt(LEFT);
        }
        if (!environment.outIsTerminal()) {
            // On a terminal the live view says so, in its own lines.
            environment.err().println(NOTICE);
        }
        try {
            cancel.run();
        } catch (ClientException e) {
            environment.err().println("dagkeeper: not cancelled: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Signals.unregister(INTERRUPT, before);
    }
}
