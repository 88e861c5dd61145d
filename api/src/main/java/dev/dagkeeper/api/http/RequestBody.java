package dev.dagkeeper.api.http;

import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The body of one request, read within a size and a time. For the one thread that handles it. */
final class RequestBody {
    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);
    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(2);
    private static final int PIECE = 16 << 10;

    private final ServerRequest request;
    private final Duration timeout;
    private @Nullable InputStream open;

    RequestBody(ServerRequest request, Duration timeout) {
        this.request = request;
        this.timeout = timeout;
    }

    /**
     * All of it.
     *
     * @throws ApiProblem 413 when it is longer than {@code most} bytes, before it is read when its length is announced; 408
     *     when it takes too long or stops coming
     */
    byte[] read(int most) throws IOException {
        var announced = request.headers().contentLength();
        if (announced.isPresent() && announced.getAsLong() > most) {
            throw tooLong(most, announced.getAsLong());
        }
        var body = new ByteArrayOutputStream();
        var until = System.nanoTime() + timeout.toNanos();
        var piece = new byte[PIECE];
        for (var n = next(piece); n >= 0; n = next(piece)) {
            if (body.size() + n > most) {
                throw tooLong(most, (long) body.size() + n);
            }
            if (System.nanoTime() > until) {
                throw tooSlow("the body took longer than " + timeout.toSeconds() + " s");
            }
            body.write(piece, 0, n);
        }
        return body.toByteArray();
    }

    /** Takes what is left of a refused body, for a moment: closing over unread bytes would take the answer from the client. */
    void drain() {
        var until = System.nanoTime() + LONGEST_DRAIN.toNanos();
        var piece = new byte[PIECE];
        try {
            while (next(piece) >= 0 && System.nanoTime() < until) {
                // Not wanted.
            }
        } catch (IOException | RuntimeException e) {
            LOG.trace("the rest of a body did not come", e);
        }
    }

    private int next(byte[] piece) throws IOException {
        try {
            if (open == null) {
                open = request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream();
            }
            return open.read(piece);
        } catch (RuntimeException e) {
            // Helidon wraps what its socket throws more than once.
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof SocketTimeoutException) {
                    throw tooSlow("the rest of the body did not come");
                }
            }
            throw e;
        }
    }

    private static ApiProblem tooSlow(String detail) {
        return ApiProblem.of(408, "timed-out", detail).with("Connection", "close");
    }

    private static ApiProblem tooLong(int most, long found) {
        return ApiProblem.tooLarge("expected a body of at most " + most + " bytes, found at least " + found)
                .with("Connection", "close");
    }
}
