package dev.dagkeeper.api.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The events of one run in order, each once, over as many connections as it takes. {@link #follow} is called by one thread;
 * {@link #close()} by any.
 */
public final class EventStream implements AutoCloseable {
    /** The server gives a sign of life far more often; a connection silent for longer is dead. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Transport transport;
    private final String run;
    private final Consumer<RunEvent> listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long last;
    private volatile Transport.@Nullable Response response;

    EventStream(Transport transport, String run, long since, Consumer<RunEvent> listener) {
        this.transport = transport;
        this.run = run;
        this.last = since;
        this.listener = listener;
    }

    /**
     * Calls the listener on this thread until the run is final and all is told, or the stream is closed.
     *
     * @param patience how long the server may be away before this gives up
     * @return whether the end was reached
     * @throws UnreachableException when the server was away for longer
     */
    public boolean follow(Duration patience) throws InterruptedException {
        var pause = FIRST_PAUSE_MILLIS;
        var away = System.nanoTime();
        while (closed.getCount() > 0) {
            var before = last;
            try {
                if (connectAndRead()) {
                    return true;
                }
            } catch (UnreachableException e) {
                if (last == before && System.nanoTime() - away > patience.toNanos()) {
                    throw e;
                }
            }
            if (last != before) {
                away = System.nanoTime();
                pause = FIRST_PAUSE_MILLIS;
            }
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                return false;
            }
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
        return false;
    }

    private boolean connectAndRead() {
        var path = Paths.run(run, "/events").with("since", last).toString();
        var request = new Transport.Request("GET", path, Map.of("Accept", "text/event-stream"), new byte[0], SILENCE);
        try (var opened = transport.send(request)) {
            response = opened;
            if (closed.getCount() == 0) {
                return false;
            }
            return read(new BufferedReader(new InputStreamReader(opened.body(), StandardCharsets.UTF_8)));
        } catch (IOException | JacksonException e) {
            throw new UnreachableException(transport.address(), e);
        }
    }

    /** Reads messages until the connection ends; true after the message that says there is no more. */
    private boolean read(BufferedReader lines) throws IOException {
        var type = "";
        var data = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (type.equals("end")) {
                    return true;
                }
                if (!data.isEmpty()) {
                    deliver(new RunEvent(JsonMapper.shared().readTree(data.toString())));
                }
                type = "";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                type = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring("data:".length()).strip());
            }
        }
        return false;
    }

    private void deliver(RunEvent event) {
        if (event.seq() > last) {
            last = event.seq();
            listener.accept(event);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        var open = response;
        if (open != null) {
            open.close();
        }
    }
}
