package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.utils.Signals;

/**
 * How a server is told to end: the first SIGTERM or Ctrl-C lets what runs end, the second ends it at once, and whoever wants it
 * gone whatever happens sends a third.
 */
final class ServerStop {
    private static final int KILLED = 143;

    private final EngineHost host;
    private final Environment environment;
    private final Runnable ended;
    private final AtomicInteger received = new AtomicInteger();

    /**
     * Listens from {@link #listen} on, until the process ends.
     *
     * @param ended told when the engine has ended
     */
    ServerStop(EngineHost host, Environment environment, Runnable ended) {
        this.host = host;
        this.environment = environment;
        this.ended = ended;
    }

    void listen() {
        for (var signal : List.of("TERM", "INT")) {
            Signals.register(signal, this::told);
        }
    }

    /** Called on a thread of the JVM's, a new one for each signal. */
    private void told() {
        switch (received.incrementAndGet()) {
            case 1 -> {
                environment.err().println("ending when running steps have ended; told again, it ends at once");
                try {
                    host.drain();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                end();
            }
            case 2 -> end();
            // The guard ends the processes of steps, and everything goes on elsewhere or at the next start.
            default -> Runtime.getRuntime().halt(KILLED);
        }
    }

    private void end() {
        host.close();
        ended.run();
    }
}
