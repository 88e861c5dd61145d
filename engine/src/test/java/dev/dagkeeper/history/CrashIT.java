package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static dev.dagkeeper.history.Samples.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.Promised;
import dev.dagkeeper.embedded.EmbeddedPostgres;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Postgres is killed like by a power cut of the process, and started again. */
class CrashIT {
    @TempDir
    Path directory;

    @Test
    void facts_survive_a_killed_postgres_and_the_same_pools_go_on() throws Exception {
        var postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        var settings = DatabaseSettings.of(postgres.jdbcUrl(), postgres.user(), postgres.password(), Role.MASTER);
        try (var database = Database.openAndMigrate(settings)) {
            var leader = database.leader();
            var worker = database.worker();
            var epoch = leader.raiseEpoch();
            var run = Samples.run(3);
            assertThat(database.runs().create(run)).isEqualTo(new NewRun.Outcome.Created());
            var recorded = new StepKey(run.header().id(), 0, StepKey.WHOLE);
            var raised = new StepKey(run.header().id(), 1, StepKey.WHOLE);
            assertThat(leader.write(epoch, steps(step(raised, StepState.QUEUED, 2))))
                    .isTrue();
            assertThat(worker.record(List.of(succeeded(recorded, 1)))).containsExactly(recorded);
            var command = database.commands().add(run.header().id(), "cancel", "ada");

            kill(postgres);
            assertThatThrownBy(leader::queuedRuns).isInstanceOf(StoreException.class);
            try (var restarted = EmbeddedPostgres.start(directory.resolve("postgres"), postgres.port())) {
                assertThat(restarted.port()).isEqualTo(postgres.port());
                Awaitility.await()
                        .atMost(Promised.EVENTUALLY)
                        .ignoreExceptions()
                        .until(() -> !leader.queuedRuns().isEmpty());
                assertThat(leader.mayHaveLostWrites()).isTrue();
                assertThat(leader.write(epoch, Samples.NOTHING))
                        .as("of a leader that did not notice, whose memory may be ahead of what is stored")
                        .isFalse();
                assertThat(leader.raiseEpoch()).isEqualTo(epoch + 1);
                assertThat(leader.write(
                                epoch, Samples.runs(Samples.run(run.header().id(), RunState.FAILED))))
                        .as("the epoch of before")
                        .isFalse();
                assertThat(leader.mayHaveLostWrites())
                        .as("until the new leader has written")
                        .isTrue();
                assertThat(leader.write(epoch + 1, Samples.NOTHING)).isTrue();
                assertThat(leader.mayHaveLostWrites()).isFalse();
                var loaded = leader.load(List.of(run.header().id())).getFirst();
                assertThat(loaded.header()).isEqualTo(run.header());
                assertThat(loaded.state()).isEqualTo(RunState.QUEUED);
                assertThat(loaded.steps()).hasSize(3);
                assertThat(loaded.steps().get(0).report()).isPresent();
                assertThat(loaded.steps().get(1).claim()).isEqualTo(2);
                assertThat(leader.pendingCommands())
                        .extracting(LeaderStore.PendingCommand::id)
                        .containsExactly(command);
                assertThat(worker.record(List.of(succeeded(recorded, 1))))
                        .as("whose answer got lost")
                        .containsExactly(recorded);
                assertThat(database.runs()
                                .steps(run.header().id(), Optional.empty(), 10)
                                .steps())
                        .hasSize(3);
            }
        } finally {
            postgres.close();
        }
    }

    private static void kill(EmbeddedPostgres postgres) {
        var postmaster = ProcessHandle.of(postgres.pid()).orElseThrow();
        var children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        Awaitility.await()
                .atMost(Promised.EVENTUALLY)
                .until(() -> !postmaster.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    }
}
