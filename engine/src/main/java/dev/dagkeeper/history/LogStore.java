package dev.dagkeeper.history;

import dev.dagkeeper.run.RunId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Logs of attempts. Thread-safe; methods throw {@link StoreException} when Postgres does not answer. */
public interface LogStore {
    /**
     * Chunks that the position has not seen, in order of time; those of one claim always in order of their numbers. Reading
     * again from {@code position.after(chunks)} goes on without a gap and without repetition, however late a worker
     * writes.
     *
     * @param limit chunks at most, 1 to 1,000
     */
    List<WorkerStore.LogChunk> read(LogSelection selection, LogPosition position, int limit);

    /**
     * The last lines in order of time: the chunks that hold them, the first one cut to begin with a whole line.
     *
     * @param lines 1 to 10,000; never more than about 4 MiB
     */
    List<WorkerStore.LogChunk> tail(LogSelection selection, int lines);

    /** The position behind everything that is there now. */
    LogPosition end(LogSelection selection);

    /**
     * What to read.
     *
     * @param step display name; absent for all steps of the run
     * @param index an instance of a foreach
     * @param attempt as users count
     */
    record LogSelection(RunId run, Optional<String> step, Optional<Integer> index, Optional<Integer> attempt) {
        /** Everything a run logged. */
        public static LogSelection of(RunId run) {
            return new LogSelection(run, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /** One claim of one step instance, whose chunks are numbered in a row. */
    record LogStream(int step, int index, int claim) {}

    /** How far a reader got: the number of the last chunk read, by stream. Immutable. */
    record LogPosition(Map<LogStream, Integer> seen) {
        /** Nothing read yet. */
        public static final LogPosition START = new LogPosition(Map.of());

        public LogPosition {
            seen = Map.copyOf(seen);
        }

        /** The position after reading these as well. */
        public LogPosition after(List<WorkerStore.LogChunk> chunks) {
            var further = new HashMap<>(seen);
            for (var chunk : chunks) {
                further.merge(
                        new LogStream(chunk.key().step(), chunk.key().index(), chunk.claim()), chunk.seq(), Math::max);
            }
            return new LogPosition(further);
        }
    }
}
