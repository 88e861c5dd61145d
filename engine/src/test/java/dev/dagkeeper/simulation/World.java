package dev.dagkeeper.simulation;

import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.ScriptedRun;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Everything of one history: time, chance, the stores, the processes, and who writes down what happens. */
final class World {
    static final Instant EPOCH = Instant.parse("2026-11-22T00:00:00Z");

    final RandomGenerator random;
    final Faults faults;
    final Mutation mutation;
    final Schedule schedule = new Schedule();
    final MemoryZooKeeper zooKeeper = new MemoryZooKeeper();
    final Ledger ledger = new Ledger(this);
    final MemoryHistory history = new MemoryHistory(ledger);
    final Deployments deployments = new Deployments(this);
    final Election election = new Election();
    final Map<RunId, ScriptedRun> runs = new LinkedHashMap<>();
    final List<Node> nodes = new ArrayList<>();

    /** How many operations are waited for within each other. */
    int depth;

    private final List<String> trace = new ArrayList<>();
    private final boolean tracing;
    private long postgresAwayUntil;

    private final Schedule.Actor world = new Schedule.Actor() {
        @Override
        public boolean isBusy() {
            return false;
        }

        @Override
        public void perform(Runnable what) {
            what.run();
        }
    };

    World(RandomGenerator random, Mutation mutation, boolean tracing) {
        this.random = random;
        this.mutation = mutation;
        this.tracing = tracing;
        faults = new Faults(random);
    }

    /** Something that happens outside of all processes. */
    void in(Duration delay, Runnable what) {
        schedule.in(delay, world, what);
    }

    void expire(long session) {
        if (zooKeeper.isAlive(session)) {
            trace("zookeeper", "session " + Long.toHexString(session) + " expires");
            zooKeeper.expire(session);
            election.changed(this);
        }
    }

    void wipeZooKeeper() {
        trace("zookeeper", "everything lost");
        zooKeeper.wipe();
        election.changed(this);
        nodes.forEach(node -> node.cut(Duration.ofMillis(100 + random.nextInt(3_000))));
    }

    boolean isPostgresAway() {
        return schedule.now() < postgresAwayUntil;
    }

    void restartPostgres(Duration away) {
        int lost = random.nextInt(history.atRisk() + 1);
        trace("postgres", "crashes for " + away + ", transactions lost: " + lost + " of " + history.atRisk());
        postgresAwayUntil = schedule.now() + away.toNanos();
        history.crash(lost);
        ledger.postgresCrashed();
    }

    ScriptedRun script(StepKey key) {
        var submitted = runs.get(key.run());
        return submitted != null
                ? submitted
                : deployments.script(Objects.requireNonNull(history.runs.get(key.run()))
                        .header()
                        .revisionId());
    }

    /** Each run that was submitted has a revision of its own, numbered by its place. */
    Workflow workflow(long revision) {
        return Deployments.has(revision)
                ? deployments.script(revision).workflow()
                : List.copyOf(runs.values()).get((int) revision).workflow();
    }

    void trace(String who, String what) {
        if (tracing) {
            trace.add("%10.3f %-8s %s".formatted(schedule.now() / 1e6, who, what));
        }
    }

    void trace(String who, Supplier<String> what) {
        if (tracing) {
            trace(who, what.get());
        }
    }

    List<String> trace() {
        return trace;
    }
}
