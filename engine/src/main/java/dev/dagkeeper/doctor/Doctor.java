package dev.dagkeeper.doctor;

import dev.dagkeeper.doctor.Examination.Request;
import dev.dagkeeper.doctor.Examination.Result;
import dev.dagkeeper.history.InspectionStore;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Examines a live system. What Postgres says about a run is read as of one moment, so what does not fit there is damage.
 * What lies in ZooKeeper is compared with Postgres until nothing suspicious is left, or the same things have been suspicious
 * for all of the patience. Thread-safe.
 */
public final class Doctor {
    private static final int CHUNK = 20;
    private static final int MOST_SHOWN = 20;

    /** Suspects are followed, so more of them are kept than are shown. */
    private static final int MOST_SUSPECTS = 10_000;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final InspectionStore store;
    private final LongFunction<Optional<Workflow>> workflows;
    private final Live live;

    /** Where ZooKeeper's nodes come from. */
    @FunctionalInterface
    public interface Live {
        /** What lies there now; empty when ZooKeeper does not answer. */
        Optional<LiveNodes> read() throws InterruptedException;
    }

    /**
     * Makes one.
     *
     * @param workflows the checked workflow of a revision's id; empty when it is not accepted any more
     */
    public Doctor(InspectionStore store, LongFunction<Optional<Workflow>> workflows, Live live) {
        this.store = store;
        this.workflows = workflows;
        this.live = live;
    }

    /** Examines everything there is to examine; takes up to the patience longer when something is suspicious. */
    public Examination examine(Request request) throws InterruptedException {
        var findings = new Findings(MOST_SHOWN);
        var scope = store.scope(request.createdSince(), request.mostEnded());
        var ids = new ArrayList<>(scope.ended());
        ids.addAll(scope.active());
        int runs = 0;
        for (int from = 0; from < ids.size(); from += CHUNK) {
            runs += examine(ids.subList(from, Math.min(from + CHUNK, ids.size())), request.patience(), findings);
        }
        commands(request.patience(), findings);
        PoolChecks.check(
                store.given(
                        id -> workflows.apply(id).filter(PoolChecks::concerns).isPresent()),
                workflows,
                findings);
        GroupChecks.check(store.grouped(), workflows, findings);
        boolean answered = live(request.patience(), findings);
        var results = Arrays.stream(Check.values())
                .map(check -> new Result(
                        check,
                        answered || !check.needsZooKeeper(),
                        findings.examined(check),
                        findings.count(check),
                        findings.shown(check)))
                .toList();
        return new Examination(store.now(), runs, scope.leftOut(), answered, results);
    }

    private int examine(List<RunId> ids, Duration patience, Findings findings) {
        var records = store.records(ids);
        var now = store.now();
        var checks = new RunChecks(patience, findings);
        for (var record : records) {
            checks.check(record, workflows.apply(record.revisionId()), now);
        }
        return records.size();
    }

    private void commands(Duration patience, Findings findings) {
        var longAgo = store.now().minus(patience);
        for (var command : store.openCommands()) {
            findings.expect(
                    command.createdAt().isAfter(longAgo),
                    Check.COMMAND,
                    () -> Violation.ofRun(
                            Check.COMMAND,
                            command.run(),
                            "an outcome of command " + command.id() + " (" + command.kind() + ") within "
                                    + RunChecks.seconds(patience),
                            "none since " + command.createdAt()));
        }
    }

    /** Looks until nothing is suspicious, or the patience is over; false when ZooKeeper does not answer. */
    private boolean live(Duration patience, Findings findings) throws InterruptedException {
        long began = System.nanoTime();
        var pause = FIRST_PAUSE;
        var suspects = new HashSet<Violation>();
        boolean first = true;
        while (true) {
            var look = look();
            if (look.isEmpty()) {
                return false;
            }
            var seen = look.get().all();
            if (first) {
                suspects.addAll(seen);
                first = false;
            } else {
                suspects.retainAll(new HashSet<>(seen));
            }
            if (suspects.isEmpty() || System.nanoTime() - began >= patience.toNanos()) {
                for (var check : Check.values()) {
                    findings.examined(check, look.get().examined(check));
                }
                seen.stream().filter(suspects::contains).forEach(findings::add);
                return true;
            }
            pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private Optional<Findings> look() throws InterruptedException {
        var nodes = live.read();
        if (nodes.isEmpty()) {
            return Optional.empty();
        }
        var look = new Findings(MOST_SUSPECTS);
        var checks = new LiveChecks(nodes.get(), look);
        checks.check(store.placements(checks.keys()));
        return Optional.of(look);
    }

    private static void pause(Duration duration) throws InterruptedException {
        if (new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("nobody counts this down");
        }
    }
}
