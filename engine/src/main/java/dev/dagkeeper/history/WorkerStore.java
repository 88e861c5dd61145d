package dev.dagkeeper.history;

import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a worker reads and writes. Every write is fenced by the claim. Thread-safe. Methods throw {@link StoreException}
 * when Postgres does not answer; all of them may be tried again.
 */
public interface WorkerStore {
    /** The fixed part of a run; empty when there is no such run. */
    Optional<RunHeader> header(RunId run);

    /**
     * What the given instances need beyond the workflow: the item of a foreach instance, and the state that the last
     * <em>ask again</em> left. One statement.
     */
    Map<StepKey, Extras> extras(Collection<StepKey> keys);

    /** States and outputs of steps of one run, foreach outputs as lists in item order. One statement. */
    Map<Integer, UpstreamRow> upstreams(RunId run, Collection<Integer> steps);

    /**
     * Records results durably, all in one transaction, each only where its claim is current, the row has no report yet and is
     * not final, and adds their attempt rows.
     *
     * @return the keys whose claim stands recorded: now, or by the same claim before
     */
    Set<StepKey> record(Collection<Recorded> results);

    /** Those of the claims that are still current and without a report. */
    Set<StepKey> standing(Map<StepKey, Integer> claims);

    /** Adds chunks to the logs; a chunk that is there already stays as it is. Not durable by itself. */
    void appendLogs(Collection<LogChunk> chunks);

    /** The database's clock. */
    Instant now();

    /** See {@link #extras}. */
    record Extras(Optional<JsonNode> item, Optional<JsonNode> state) {}

    /** See {@link #upstreams}. The state in the notation of the language. */
    record UpstreamRow(String state, Map<String, JsonNode> outputs) {}

    /**
     * One result of one claim.
     *
     * @param exitCode of the step's process, where one ended
     * @param state what an <em>ask again</em> wants to see next time
     * @param logTail what of the log was not written yet
     */
    record Recorded(
            StepKey key,
            int claim,
            int attempt,
            String worker,
            Report report,
            Optional<Integer> exitCode,
            Optional<JsonNode> state,
            Instant startedAt,
            Instant endedAt,
            List<LogChunk> logTail) {}

    /** A piece of the log of one claim, numbered from 0. The bytes are not copied and not to be changed. */
    @SuppressWarnings("ArrayRecordComponent")
    record LogChunk(StepKey key, int claim, int attempt, int seq, Instant at, byte[] bytes) {}
}
