package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Cuts the last lines out of chunks. */
final class LogTail {
    private LogTail() {}

    /**
     * The chunks with the last lines, oldest first, the first one cut to begin with a whole line.
     *
     * @param newestFirst chunks from the end backwards
     * @return empty when they hold fewer lines
     */
    static Optional<List<LogChunk>> of(List<LogChunk> newestFirst, int lines) {
        var tail = new ArrayList<LogChunk>();
        // The line break that ends the log begins no line of its own.
        var breaksToGo = lines + (endsWithBreak(newestFirst) ? 1 : 0);
        for (var chunk : newestFirst) {
            var bytes = chunk.bytes();
            for (var i = bytes.length - 1; i >= 0; i--) {
                if (bytes[i] == '\n' && --breaksToGo == 0) {
                    tail.add(from(chunk, i + 1));
                    tail.removeIf(piece -> piece.bytes().length == 0);
                    return Optional.of(tail.reversed());
                }
            }
            tail.add(chunk);
        }
        return Optional.empty();
    }

    private static boolean endsWithBreak(List<LogChunk> newestFirst) {
        for (var chunk : newestFirst) {
            if (chunk.bytes().length > 0) {
                return chunk.bytes()[chunk.bytes().length - 1] == '\n';
            }
        }
        return false;
    }

    private static LogChunk from(LogChunk chunk, int first) {
        var rest = Arrays.copyOfRange(chunk.bytes(), first, chunk.bytes().length);
        return new LogChunk(chunk.key(), chunk.claim(), chunk.attempt(), chunk.seq(), chunk.at(), rest);
    }
}
