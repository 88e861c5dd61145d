package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.event;
import static dev.dagkeeper.history.Samples.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.RunWrites.CommandOutcome;
import dev.dagkeeper.history.RunWrites.EventWrite;
import dev.dagkeeper.run.RunId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private Database api;
    private LeaderStore leader;
    private long epoch;

    @BeforeAll
    void open() {
        api = POSTGRES.open(Role.API);
        leader = POSTGRES.open(Role.MASTER).leader();
        epoch = leader.raiseEpoch();
    }

    @Test
    void events_are_read_in_order_after_a_number() {
        var run = Samples.IDS.next();
        leader.write(epoch, events(event(run, 1), event(run, 2), event(run, 1003)));
        assertThat(api.events().read(run, 0, 2)).extracting(EventWrite::seq).containsExactly(1L, 2L);
        assertThat(api.events().read(run, 2, 10)).containsExactly(event(run, 1003));
        assertThat(api.events().read(run, 1003, 10)).isEmpty();
    }

    @Test
    void a_listener_is_told_of_runs_with_new_events_until_it_unsubscribes() {
        var told = new Told();
        var run = Samples.IDS.next();
        try (var subscription = api.events().subscribe(told)) {
            assertThat(subscription).isNotNull();
            leader.write(epoch, events(event(run, 1)));
            told.await(Set.of(run));
        }
        var later = Samples.IDS.next();
        var other = new Told();
        try (var subscription = api.events().subscribe(other)) {
            assertThat(subscription).isNotNull();
            leader.write(epoch, events(event(later, 1)));
            other.await(Set.of(later));
        }
        assertThat(told.runs).doesNotContain(later);
    }

    @Test
    void more_runs_than_one_notification_holds_are_all_announced() {
        var told = new Told();
        var runs = IntStream.range(0, 1000).mapToObj(i -> Samples.IDS.next()).toList();
        try (var subscription = api.events().subscribe(told)) {
            assertThat(subscription).isNotNull();
            leader.write(epoch, events(runs.stream().map(run -> event(run, 1)).toArray(EventWrite[]::new)));
            told.await(Set.copyOf(runs));
        }
    }

    @Test
    void a_refused_round_announces_nothing() {
        var told = new Told();
        var refused = Samples.IDS.next();
        var written = Samples.IDS.next();
        try (var subscription = api.events().subscribe(told)) {
            assertThat(subscription).isNotNull();
            leader.write(epoch - 1, events(event(refused, 1)));
            leader.write(epoch, events(event(written, 1)));
            told.await(Set.of(written));
        }
        assertThat(told.runs).doesNotContain(refused);
    }

    @Test
    void the_outcome_of_a_command_is_announced() {
        var told = new Told();
        var run = Samples.IDS.next();
        var command = api.commands().add(run, "kill", "ada");
        try (var subscription = api.events().subscribe(told)) {
            assertThat(subscription).isNotNull();
            leader.write(
                    epoch,
                    new RunWrites(
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(new CommandOutcome(command, false, "the run has ended")),
                            true));
            told.await(Set.of(run));
        }
        var found = api.commands().find(command).orElseThrow();
        assertThat(found.outcome()).contains(new CommandOutcome(command, false, "the run has ended"));
        assertThat(found.decidedAt()).isPresent();
        assertThat(api.commands().find(command + 1000)).isEmpty();
    }

    @Test
    void a_lost_connection_is_opened_again_and_the_listener_told() {
        var told = new Told();
        try (var subscription = api.events().subscribe(told)) {
            assertThat(subscription).isNotNull();
            POSTGRES.execute("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'dagkeeper-events'
                    """);
            Awaitility.await().atMost(Promised.EVENTUALLY).until(() -> told.reconnects.get() == 1);
            var run = Samples.IDS.next();
            leader.write(epoch, events(event(run, 1)));
            told.await(Set.of(run));
        }
    }

    private static final class Told implements EventStore.Listener {
        final Set<RunId> runs = ConcurrentHashMap.newKeySet();
        final AtomicInteger reconnects = new AtomicInteger();

        @Override
        public void changed(Set<RunId> changed) {
            runs.addAll(changed);
        }

        @Override
        public void reconnected() {
            reconnects.incrementAndGet();
        }

        void await(Set<RunId> expected) {
            Awaitility.await().atMost(Promised.EVENTUALLY).until(() -> runs.containsAll(expected));
        }
    }
}
