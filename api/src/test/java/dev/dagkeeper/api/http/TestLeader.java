package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.RunWrites;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.history.RunWrites.RunWrite;
import dev.dagkeeper.history.RunWrites.StepWrite;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes as a leader does, what a test decides. */
final class TestLeader {
    private final LeaderStore store;
    private final long epoch;
    private final Map<RunId, Long> seqs = new HashMap<>();

    TestLeader(LeaderStore store) {
        this.store = store;
        this.epoch = store.raiseEpoch();
    }

    /** The name of the fence that it would put up. */
    String epoch() {
        return Long.toString(epoch);
    }

    /** One step changes state, with its event. */
    void step(RunId run, int ordinal, String name, StepState to, String reason) {
        var now = store.now();
        var write = new StepWrite(
                new StepKey(run, ordinal, StepKey.WHOLE),
                to,
                reason,
                1,
                1,
                0,
                Optional.of("w1"),
                to == StepState.PENDING ? Optional.empty() : Optional.of(now),
                to.isFinal() ? Optional.of(now) : Optional.empty(),
                Optional.empty());
        write(List.of(write), List.of(), List.of(event(run, Optional.of(name), "step", to.text(), reason)), List.of());
    }

    /** Tells why steps that ask for the same cannot be placed. */
    void explain(String demand, String reason) {
        assertThat(store.explain(epoch, false, Map.of(demand, reason), List.of()))
                .isTrue();
    }

    /** The run changes state, with its event. */
    void run(RunId run, RunState to, String reason) {
        var now = store.now();
        var write = new RunWrite(
                run,
                to,
                reason,
                Optional.empty(),
                Optional.of(now),
                to.isFinal() ? Optional.of(now) : Optional.empty(),
                Optional.empty());
        write(List.of(), List.of(write), List.of(event(run, Optional.empty(), "run", to.text(), reason)), List.of());
    }

    /** The run gets events that change nothing. */
    void events(RunId run, int count) {
        var events = new ArrayList<EventWrite>();
        for (var i = 0; i < count; i++) {
            events.add(event(run, Optional.of("a"), "note", "", "number " + i));
        }
        write(List.of(), List.of(), events, List.of());
    }

    /** Every command that waits gets this outcome. */
    void decide(boolean applied, String reason) {
        var outcomes = store.pendingCommands().stream()
                .map(command -> new CommandOutcome(command.id(), applied, reason))
                .toList();
        write(List.of(), List.of(), List.of(), outcomes);
    }

    private synchronized EventWrite event(RunId run, Optional<String> step, String type, String to, String reason) {
        return new EventWrite(
                run,
                seqs.merge(run, 1L, Long::sum),
                store.now(),
                step,
                Optional.empty(),
                step.isPresent() ? Optional.of(1) : Optional.empty(),
                type,
                "",
                to,
                reason,
                Optional.empty());
    }

    private void write(
            List<StepWrite> steps, List<RunWrite> runs, List<EventWrite> events, List<CommandOutcome> commands) {
        if (!store.write(epoch, new RunWrites(steps, List.of(), List.of(), runs, events, commands, true))) {
            throw new IllegalStateException("another leader took over from the test");
        }
    }
}
