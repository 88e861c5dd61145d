package dev.dagkeeper.api.http;

import dev.dagkeeper.history.FileStore;
import java.time.Duration;

/**
 * What one client, or all together, may cost the server.
 *
 * @param sourceBytes the longest workflow source
 * @param fileBytes the longest file that a workflow ships
 * @param streams how many events and logs are followed at once
 * @param connections how many clients are connected at once; more wait to be accepted
 * @param requests how many requests are answered at once, streams included
 * @param readTimeout how long the next byte of a request may take
 * @param bodyTimeout how long a whole body may take
 * @param heartbeat how often a silent stream gives a sign of life, and looks whether there is news it was not told of
 * @param commandWait how long an answer waits for the outcome of a command
 * @param closeGrace how long requests may take to end when the server closes
 */
public record HttpLimits(
        int sourceBytes,
        int fileBytes,
        int streams,
        int connections,
        int requests,
        Duration readTimeout,
        Duration bodyTimeout,
        Duration heartbeat,
        Duration commandWait,
        Duration closeGrace) {
    private static final int MIB = 1 << 20;

    /** The usual limits; a server may raise {@code sourceBytes} to 10 MiB. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            MIB,
            FileStore.MAX_BYTES,
            256,
            1024,
            768,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2));

    public HttpLimits {
        if (sourceBytes < 1 || sourceBytes > 10 * MIB) {
            throw new IllegalArgumentException("expected a source limit of 1 byte to 10 MiB, found " + sourceBytes);
        }
        if (fileBytes < 1 || fileBytes > FileStore.MAX_BYTES) {
            throw new IllegalArgumentException("expected a file limit of 1 byte to 32 MiB, found " + fileBytes);
        }
        if (streams < 1 || connections < 1 || requests <= streams) {
            throw new IllegalArgumentException(
                    "expected at least 1 stream, 1 connection, and more requests than streams," + " found " + streams
                            + ", " + connections + " and " + requests);
        }
        positive("read timeout", readTimeout);
        positive("body timeout", bodyTimeout);
        positive("heartbeat", heartbeat);
        positive("wait for a command", commandWait);
        positive("close grace", closeGrace);
    }

    /** The longest JSON body: a source with every character escaped, and what goes with it. */
    int jsonBytes() {
        return 2 * sourceBytes + 2 * MIB;
    }

    private static void positive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("expected a positive " + what + ", found " + duration);
        }
    }
}
