package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.LogQuery;
import dev.dagkeeper.api.client.LogStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Follows the log of a whole run for the last line of each step. What it misses is only decoration. */
final class LastLines implements AutoCloseable {
    /** Lines from before it was watched. */
    private static final int EARLIER = 100;

    private final DagkeeperClient client;
    private final String run;
    private final Listener listener;
    private @Nullable LogStream stream;
    private boolean closed;

    LastLines(DagkeeperClient client, String run, Listener listener) {
        this.client = client;
        this.run = run;
        this.listener = listener;
    }

    /** Told of each line; {@code index} is -1 for a step that is no instance. */
    interface Listener {
        void wrote(String step, int index, String line);
    }

    /** Begins, on a thread of its own that ends with the log or at {@link #close}. */
    void start() {
        Thread.ofPlatform().daemon().name("run-log").start(() -> {
            try {
                read();
            } catch (ClientException | IOException | JacksonException e) {
                // The states still show; 'dagkeeper logs' has the lines.
                closeQuietly();
            }
        });
    }

    private void read() throws IOException {
        var everything =
                new LogQuery(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), true, OptionalInt.of(EARLIER));
        var opened = client.logChunks(run, everything);
        synchronized (this) {
            if (closed) {
                opened.close();
                return;
            }
            stream = opened;
        }
        try (var lines = new BufferedReader(new InputStreamReader(opened.body(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    tell(JsonMapper.shared().readTree(line));
                }
            }
        }
    }

    private void tell(JsonNode chunk) {
        chunk.path("text")
                .asString("")
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .ifPresent(line -> listener.wrote(
                        chunk.path("step").asString(""), chunk.path("index").asInt(-1), line));
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            // It is closed as far as it can be.
            return;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (stream != null) {
            stream.close();
        }
    }
}
