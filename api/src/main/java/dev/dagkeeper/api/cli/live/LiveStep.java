package dev.dagkeeper.api.cli.live;

import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is known of one step, or of one instance of a foreach step. Not thread-safe: guarded by its {@link LiveRun}. */
public final class LiveStep {
    private final String name;
    private final List<String> needs;
    private final int maxAttempts;
    private final boolean main;
    private final SortedMap<Integer, LiveStep> instances = new TreeMap<>();
    private StepState state = StepState.PENDING;
    private int attempt = 1;
    private Instant since = Instant.EPOCH;
    private Optional<Instant> startedAt = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<String> worker = Optional.empty();
    private String reason = "";
    private String lastLog = "";

    /**
     * @param name with the index in brackets for an instance
     * @param needs names of the steps it waits for
     * @param maxAttempts from 1
     * @param main false for hooks
     */
    public LiveStep(String name, List<String> needs, int maxAttempts, boolean main) {
        this.name = name;
        this.needs = List.copyOf(needs);
        this.maxAttempts = maxAttempts;
        this.main = main;
    }

    /** Takes over what is known from a snapshot. */
    void know(StepState state, int attempt, Optional<Instant> startedAt, Optional<Instant> endedAt, String reason) {
        this.state = state;
        this.attempt = attempt;
        this.startedAt = startedAt;
        this.endedAt = endedAt;
        this.reason = reason;
        this.since = endedAt.or(() -> startedAt).orElse(Instant.EPOCH);
    }

    /** It changed its state. */
    void change(StepState to, Instant at, String why) {
        if (to == StepState.RUNNING) {
            startedAt = Optional.of(at);
            endedAt = Optional.empty();
            lastLog = "";
        }
        if (to.isFinal()) {
            endedAt = Optional.of(at);
        }
        if (to != state) {
            since = at;
        }
        state = to;
        reason = why;
    }

    void attempt(int number) {
        attempt = number;
    }

    void worker(Optional<String> name) {
        worker = name.or(() -> worker);
    }

    void log(String line) {
        lastLog = line;
    }

    LiveStep instance(int index) {
        return instances.computeIfAbsent(
                index, number -> new LiveStep(name + "[" + number + "]", List.of(), maxAttempts, main));
    }

    String name() {
        return name;
    }

    List<String> needs() {
        return needs;
    }

    boolean isMain() {
        return main;
    }

    StepState state() {
        return state;
    }

    int attempt() {
        return attempt;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    Instant since() {
        return since;
    }

    Optional<Instant> startedAt() {
        return startedAt;
    }

    Optional<Instant> endedAt() {
        return endedAt;
    }

    Optional<String> worker() {
        return worker;
    }

    /** The reason of its state; of a running step its last line of output. */
    String remark() {
        var showsLog = state == StepState.RUNNING || (state == StepState.SUCCEEDED && reason.isEmpty());
        return showsLog ? lastLog : reason;
    }

    List<LiveStep> instances() {
        return new ArrayList<>(instances.values());
    }
}
