package dev.dagkeeper.api.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Reads a body within a size and a time. */
final class BodyReader {
    private static final int PIECE = 16 << 10;

    private BodyReader() {}

    static byte[] read(InputStream in, int most, Duration timeout) throws IOException {
        var until = System.nanoTime() + timeout.toNanos();
        var body = new ByteArrayOutputStream();
        var piece = new byte[PIECE];
        for (var n = in.read(piece); n >= 0; n = in.read(piece)) {
            if (body.size() + n > most) {
                throw tooLong(most, (long) body.size() + n);
            }
            if (System.nanoTime() > until) {
                throw ApiProblem.of(408, "timed-out", "the body took longer than " + timeout.toSeconds() + " s")
                        .with("Connection", "close");
            }
            body.write(piece, 0, n);
        }
        return body.toByteArray();
    }

    static ApiProblem tooLong(int most, long found) {
        return ApiProblem.tooLarge("expected a body of at most " + most + " bytes, found at least " + found)
                .with("Connection", "close");
    }
}
