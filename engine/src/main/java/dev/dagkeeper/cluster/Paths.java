package dev.dagkeeper.cluster;

import java.util.HexFormat;

/**
 * Where things are in ZooKeeper. All of it may be lost at any time: Postgres has what counts.
 *
 * <pre>
 * /dagkeeper
 *   /master/latch/...             who wants to lead
 *   /master/epoch/&lt;epoch&gt;         the leader's fence, checked in every multi() of the leader; JSON of {@link LeaderInfo}
 *   /processes/&lt;process&gt;          ephemeral; JSON of {@link ProcessInfo}
 *   /workers/&lt;incarnation&gt;        ephemeral; JSON of {@link WorkerInfo}
 *   /queue/&lt;incarnation&gt;/&lt;item&gt;   persistent; one ready step for this worker, or a request to stop one
 *   /locks/&lt;2 hex&gt;/&lt;step&gt;         ephemeral; who runs this step, under which claim
 *   /bell/&lt;name&gt;                  changed data means: look at Postgres
 * </pre>
 */
public final class Paths {
    public static final String ROOT = "/dagkeeper";
    public static final String LATCH = ROOT + "/master/latch";
    public static final String EPOCHS = ROOT + "/master/epoch";
    public static final String PROCESSES = ROOT + "/processes";
    public static final String WORKERS = ROOT + "/workers";
    public static final String QUEUE = ROOT + "/queue";
    public static final String LOCKS = ROOT + "/locks";
    public static final String BELLS = ROOT + "/bell";

    /** How many directories the locks are spread over, so that no listing grows with all of them. */
    public static final int LOCK_SHARDS = 256;

    private Paths() {}

    /** The membership node of a worker's incarnation. */
    public static String worker(String incarnation) {
        return WORKERS + "/" + incarnation;
    }

    /** The inbox of a worker's incarnation. */
    public static String inbox(String incarnation) {
        return QUEUE + "/" + incarnation;
    }

    /** The directory of a shard of the locks, {@code 00} to {@code ff}. */
    public static String lockShard(int shard) {
        return LOCKS + "/" + HexFormat.of().toHexDigits((byte) shard);
    }
}
