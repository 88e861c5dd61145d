package dev.dagkeeper.chaos;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The file to which every step appends what it does, and this JVM what it was told and how time goes. Every line is one
 * append, so the order of lines is the order of events, whichever process wrote them.
 */
final class Effects implements AutoCloseable {
    private static final long TICK_MILLIS = 50;

    private final Path file;
    private final FileChannel channel;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread clock;
    private final long began = System.nanoTime();

    /** What a line tells. */
    enum What {
        /** A step's process began. */
        START,
        /** It did its work. */
        END,
        /** It failed on purpose. */
        FAIL,
        /** The cancelling of a run was acknowledged. */
        CANCELLED
    }

    /**
     * One line.
     *
     * @param index of a foreach instance, else -1
     * @param execution different for every process of every claim
     * @param atMillis since the suite began, to a twentieth of a second
     */
    record Line(What what, String run, String step, int index, int attempt, String execution, long atMillis) {}

    Effects(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
        clock = Thread.ofPlatform().daemon().name("effects-clock").start(this::tick);
    }

    Path file() {
        return file;
    }

    long millis() {
        return (System.nanoTime() - began) / 1_000_000;
    }

    private void tick() {
        try {
            while (!closing.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                append("tick " + millis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void cancelled(String run) {
        append("cancelled " + run);
    }

    private void append(String line) {
        try {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** All lines so far, in order. */
    List<Line> read() throws IOException {
        var lines = new ArrayList<Line>();
        long now = 0;
        for (var line : Files.readAllLines(file)) {
            var words = line.split(" ");
            switch (words[0]) {
                case "tick" -> now = Long.parseLong(words[1]);
                case "cancelled" -> lines.add(new Line(What.CANCELLED, words[1], "", -1, 0, "", now));
                case "start" -> lines.add(line(What.START, words, now));
                case "end" -> lines.add(line(What.END, words, now));
                case "fail" -> lines.add(line(What.FAIL, words, now));
                default -> throw new IllegalStateException("not a line of a step: " + line);
            }
        }
        return lines;
    }

    private static Line line(What what, String[] words, long now) {
        return new Line(
                what, words[1], words[2], Integer.parseInt(words[3]), Integer.parseInt(words[4]), words[5], now);
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        try {
            clock.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
    }
}
