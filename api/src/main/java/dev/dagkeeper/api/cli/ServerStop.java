package dev.dagkeeper.api.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jline.utils.Signals;

/**
 * How a server comes to its end: the first SIGTERM or Ctrl-C lets what runs end, the second ends it at once, and whoever wants
 * it gone whatever happens sends a third. One that the cluster does not accept any more ends as if it had been told once.
 */
final class ServerStop {
    private static final int KILLED = 143;

    private final EngineHost host;
    private final Environment environment;
    private final Consumer<ExitCode> ended;
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicBoolean refused = new AtomicBoolean();

    /**
     * Listens from {@link #listen} on, until the process ends.
     *
     * @param ended told when the engine has ended, with the exit code
     */
    ServerStop(EngineHost host, Environment environment, Consumer<ExitCode> ended) {
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
                drain();
            }
            case 2 -> end();
            // The guard ends the processes of steps, and everything goes on elsewhere or at the next start.
            default -> Runtime.getRuntime().halt(KILLED);
        }
    }

    /** The cluster does not accept this process. Returns at once; what is told again says nothing new. */
    void refused(String why) {
        if (refused.compareAndSet(false, true)) {
            Thread.ofPlatform().name("refused").start(() -> {
                environment.err().println("dagkeeper: " + why + "; ending when running steps have ended");
                if (received.compareAndSet(0, 1)) {
                    drain();
                }
            });
        }
    }

    private void drain() {
        try {
            host.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end();
    }

    private void end() {
        host.close();
        ended.accept(refused.get() ? ExitCode.UNREACHABLE : ExitCode.SUCCEEDED);
    }
}
