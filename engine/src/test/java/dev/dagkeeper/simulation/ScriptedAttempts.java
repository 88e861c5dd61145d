package dev.dagkeeper.simulation;

import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.worker.AttemptListener;
import dev.dagkeeper.worker.Attempts;
import dev.dagkeeper.worker.Claimed;
import dev.dagkeeper.worker.RunningAttempt;
import dev.dagkeeper.worker.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Attempts that come to what their run's script says, after a while, unless they are told to end. */
final class ScriptedAttempts implements Attempts {
    private final WorkerNode node;
    private final WorkerStore store;
    private final Set<Running> running = new LinkedHashSet<>();

    ScriptedAttempts(WorkerNode node, WorkerStore store) {
        this.node = node;
        this.store = store;
    }

    @Override
    public RunningAttempt start(Claimed claimed, AttemptListener listener) {
        node.world.ledger.started(node.name, claimed);
        var attempt = new Running(claimed, listener, node.now());
        running.add(attempt);
        var random = node.world.random;
        var time = random.nextInt(12) == 0 ? 1_000 + random.nextInt(9_000) : random.nextInt(200);
        attempt.part.in(Duration.ofMillis(time), attempt::end);
        return attempt;
    }

    /** All processes end with their worker. */
    void killed() {
        running.forEach(attempt -> node.world.ledger.ended(attempt.claimed));
        running.clear();
    }

    @Override
    public void close() {
        killed();
    }

    private final class Running implements RunningAttempt {
        private final Claimed claimed;
        private final AttemptListener listener;
        private final Instant startedAt;
        private final Node.Part part = node.new Part();
        private boolean over;

        Running(Claimed claimed, AttemptListener listener, Instant startedAt) {
            this.claimed = claimed;
            this.listener = listener;
            this.startedAt = startedAt;
        }

        @Override
        public Claimed claimed() {
            return claimed;
        }

        @Override
        public Instant startedAt() {
            return startedAt;
        }

        @Override
        public void stop(Stop how) {
            var after = Duration.ofMillis(node.world.random.nextInt(how == Stop.CANCEL ? 500 : 50));
            part.in(after, () -> stopped(how));
        }

        private void stopped(Stop how) {
            if (finish()) {
                if (how == Stop.ABANDON) {
                    listener.abandoned(this);
                } else {
                    listener.ended(this, recorded(new Report.Cancelled(), Optional.empty()));
                }
            }
        }

        /** It ended by itself. */
        private void end() {
            if (over) {
                return;
            }
            try {
                int asked = asked();
                int asks = node.world.script(claimed.key()).asksAgain(claimed.key(), claimed.attempt());
                if (finish()) {
                    var result = asked < asks
                            ? recorded(
                                    new Report.AskAgain(node.now().plusMillis(300), "polls"),
                                    Optional.of(JsonNodeFactory.instance.numberNode(asked + 1)))
                            : recorded(
                                    node.world.script(claimed.key()).report(claimed.key(), claimed.attempt()),
                                    Optional.empty());
                    listener.ended(this, result);
                }
            } catch (StoreException e) {
                part.in(Duration.ofMillis(100), this::end);
            }
        }

        /** How often it has asked again before. */
        private int asked() {
            if (claimed.claim() == 1) {
                return 0;
            }
            var extras =
                    Objects.requireNonNull(store.extras(List.of(claimed.key())).get(claimed.key()));
            return extras.state().map(JsonNode::asInt).orElse(0);
        }

        private boolean finish() {
            if (over) {
                return false;
            }
            over = true;
            running.remove(this);
            node.world.ledger.ended(claimed);
            return true;
        }

        private Recorded recorded(Report report, Optional<JsonNode> state) {
            return new Recorded(
                    claimed.key(),
                    claimed.claim(),
                    claimed.attempt(),
                    node.name,
                    report,
                    report instanceof Report.Failed failed ? failed.exitCode() : Optional.empty(),
                    state,
                    startedAt,
                    node.now(),
                    List.of());
        }
    }
}
