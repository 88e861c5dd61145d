package dev.dagkeeper.api.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A log being read. Closing it ends the request, even while another thread reads. */
public final class LogStream implements AutoCloseable {
    /** A followed log may be silent for as long as a step is. */
    private static final Duration SILENCE = Duration.ofDays(1);

    private final Transport.Response response;

    private LogStream(Transport.Response response) {
        this.response = response;
    }

    static LogStream open(Transport transport, String run, LogQuery query, String accept) {
        var path = Paths.run(run, "/logs");
        query.step().ifPresent(step -> path.with("step", step));
        query.index().ifPresent(index -> path.with("index", index));
        query.attempt().ifPresent(attempt -> path.with("attempt", attempt));
        query.tail().ifPresent(tail -> path.with("tail", tail));
        if (query.follow()) {
            path.with("follow", true);
        }
        var wait = query.follow() ? SILENCE : Duration.ZERO;
        return new LogStream(transport.send(
                new Transport.Request("GET", path.toString(), java.util.Map.of("Accept", accept), new byte[0], wait)));
    }

    /** The bytes, as they come. */
    public InputStream body() {
        return response.body();
    }

    @Override
    public void close() throws IOException {
        response.close();
    }
}
