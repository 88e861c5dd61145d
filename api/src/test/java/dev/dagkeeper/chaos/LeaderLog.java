package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Follows the log of a master: the last epoch that it led, and what its sweeps repaired. Thread-safe. */
final class LeaderLog {
    private static final Pattern LEADS = Pattern.compile("leader starts epoch=(\\d+)");
    private static final Pattern REPAIRS = Pattern.compile("repaired kind=");

    private final Path file;
    private long position;
    private long epoch;
    private long repairs;

    LeaderLog(Path file) {
        this.file = file;
    }

    /** The last epoch that it began, 0 before the first. */
    synchronized long epoch() {
        follow();
        return epoch;
    }

    /** How often its comparisons of Postgres and ZooKeeper set something right. */
    synchronized long repairs() {
        follow();
        return repairs;
    }

    private void follow() {
        if (!Files.exists(file)) {
            return;
        }
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(position);
            var bytes = new byte[Math.toIntExact(log.length() - position)];
            log.readFully(bytes);
            var text = new String(bytes, StandardCharsets.ISO_8859_1);
            // The rest of a line that is still being written is read the next time.
            int whole = text.lastIndexOf('\n') + 1;
            position += whole;
            var lines = text.substring(0, whole);
            LEADS.matcher(lines).results().forEach(found -> epoch = Long.parseLong(found.group(1)));
            repairs += REPAIRS.matcher(lines).results().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
