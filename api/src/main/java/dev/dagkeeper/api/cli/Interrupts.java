package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** What Ctrl-C means while a run of one's own is watched: first to cancel it, then to leave at once. */
final class Interrupts implements AutoCloseable {
    /** What to tell whoever pressed it once. */
    static final String NOTICE = "cancelling; Ctrl-C again leaves at once";

    private static final String INTERRUPT = "INT";
    /** What a shell reports of a process that ended by SIGINT. */
    private static final int LEFT = 130;

    private final Environment environment;
    private final DagkeeperClient client;
    private final String run;
    private final AtomicInteger received = new AtomicInteger();
    private @Nullable Object before;

    Interrupts(Environment environment, DagkeeperClient client, String run) {
        this.environment = environment;
        this.client = client;
        this.run = run;
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
            client.end(run, false);
        } catch (ClientException e) {
            environment.err().println("dagkeeper: the run could not be cancelled: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Signals.unregister(INTERRUPT, before);
    }
}
