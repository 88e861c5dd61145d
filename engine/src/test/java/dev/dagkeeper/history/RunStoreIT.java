package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static dev.dagkeeper.history.Samples.step;
import static dev.dagkeeper.history.Samples.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.NewRun.Idempotency;
import dev.dagkeeper.history.NewRun.Outcome;
import dev.dagkeeper.history.RunStore.Selected;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private RunStore runs;
    private LeaderStore leader;
    private WorkerStore worker;
    private long epoch;

    @BeforeAll
    void open() {
        runs = POSTGRES.open(Role.API).runs();
        leader = POSTGRES.open(Role.MASTER).leader();
        worker = POSTGRES.open(Role.WORKER).worker();
        epoch = leader.raiseEpoch();
    }

    private static NewRun keyed(String key, String hash) {
        var run = Samples.run(2);
        return new NewRun(run.header(), run.labels(), run.steps(), Optional.of(new Idempotency(key, hash)));
    }

    @Test
    void a_run_is_shown_as_it_was_created() {
        var run = Samples.run("shown", 2, Map.of("team", "dwh", "quote", "a\"b"));
        assertThat(runs.create(run)).isEqualTo(new Outcome.Created());
        assertThat(runs.find(run.header().id()))
                .contains(new RunStore.StoredRun(
                        run.header(),
                        run.labels(),
                        RunState.QUEUED,
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of()));
        assertThat(runs.find(Samples.IDS.next())).isEmpty();
        assertThat(runs.stepCounts(run.header().id())).isEqualTo(Map.of(StepState.PENDING, 2));
    }

    @Test
    void steps_of_many_runs_are_counted_at_once_but_for_runs_of_too_many() {
        var two = Samples.run(2);
        var three = Samples.run(3);
        runs.create(two);
        runs.create(three);
        var ids = List.of(two.header().id(), three.header().id(), Samples.IDS.next());
        var counted = Map.of(two.header().id(), Map.of(StepState.PENDING, 2));
        assertThat(runs.stepCounts(ids, 2)).isEqualTo(counted);
        assertThat(runs.stepCounts(ids, 3)).hasSize(2).containsAllEntriesOf(counted);
        assertThat(runs.stepCounts(List.of(), 3)).isEmpty();
    }

    @Test
    void the_same_key_gives_the_first_run_again_and_refuses_another_request() {
        var first = keyed("key-1", "hash");
        assertThat(runs.create(first)).isEqualTo(new Outcome.Created());
        var again = keyed("key-1", "hash");
        assertThat(runs.create(again))
                .isEqualTo(new Outcome.Replayed(first.header().id()));
        assertThat(runs.find(again.header().id())).isEmpty();
        assertThat(runs.steps(again.header().id(), Optional.empty(), 10).steps())
                .isEmpty();
        assertThat(runs.create(keyed("key-1", "other")))
                .isEqualTo(new Outcome.KeyTaken(first.header().id()));
    }

    @Test
    void of_many_at_once_with_one_key_exactly_one_creates() throws Exception {
        try (var threads = Executors.newFixedThreadPool(6)) {
            Callable<Outcome> create = () -> runs.create(keyed("key-2", "hash"));
            var outcomes = new ArrayList<Outcome>();
            for (var future : threads.invokeAll(java.util.Collections.nCopies(12, create))) {
                outcomes.add(future.get());
            }
            assertThat(outcomes).filteredOn(Outcome.Created.class::isInstance).hasSize(1);
            assertThat(outcomes).filteredOn(Outcome.Replayed.class::isInstance).hasSize(11);
        }
    }

    @Test
    void creating_the_same_run_again_without_a_key_fails_and_changes_nothing() {
        var run = Samples.run(2);
        runs.create(run);
        assertThatThrownBy(() -> runs.create(run)).isInstanceOf(StoreException.class);
        assertThat(runs.stepCounts(run.header().id())).isEqualTo(Map.of(StepState.PENDING, 2));
    }

    @Test
    void ten_thousand_steps_are_created_loaded_and_shown_at_once() {
        var run = Samples.run(10_000);
        var began = System.nanoTime();
        runs.create(run);
        var created = System.nanoTime();
        var loaded = leader.load(List.of(run.header().id()));
        var ended = System.nanoTime();
        System.out.printf(
                "10,000 steps: created in %d ms, loaded in %d ms%n",
                (created - began) / 1_000_000, (ended - created) / 1_000_000);
        assertThat(loaded.getFirst().steps()).hasSize(10_000);
        assertThat(loaded.getFirst().steps().getLast().key().step()).isEqualTo(9_999);
        var page = runs.steps(run.header().id(), Optional.empty(), 10_000);
        assertThat(page.steps()).hasSize(10_000);
        assertThat(page.next()).isEmpty();
        assertThat(Duration.ofNanos(ended - began)).isLessThan(Promised.within(Duration.ofSeconds(20)));
    }

    @Test
    void pages_of_steps_follow_each_other_without_gap_or_repetition() {
        var run = Samples.run(25);
        runs.create(run);
        var seen = new ArrayList<String>();
        var after = Optional.<StepKey>empty();
        do {
            var page = runs.steps(run.header().id(), after, 10);
            page.steps().forEach(step -> seen.add(step.id()));
            after = page.next();
        } while (after.isPresent());
        assertThat(seen)
                .isEqualTo(run.steps().stream().map(NewRun.PendingStep::name).toList());
    }

    @Test
    void a_page_of_steps_ends_early_when_outputs_are_large() {
        var run = Samples.run(12);
        runs.create(run);
        var random = new java.util.Random(42);
        for (var i = 0; i < 12; i++) {
            // Hexadecimal noise, which hardly compresses.
            var noise = new byte[1 << 20];
            random.nextBytes(noise);
            var output = Map.of("x", Samples.text(java.util.HexFormat.of().formatHex(noise)));
            worker.record(List.of(Samples.recorded(
                    new StepKey(run.header().id(), i, StepKey.WHOLE), 1, new Report.Succeeded(output))));
        }
        var first = runs.steps(run.header().id(), Optional.empty(), 10_000);
        assertThat(first.steps()).hasSizeBetween(1, 11);
        var second = runs.steps(run.header().id(), first.next(), 10_000);
        assertThat(first.steps().size() + second.steps().size()).isEqualTo(12);
        assertThat(second.next()).isEmpty();
    }

    @Test
    void lists_are_newest_first_filtered_and_paged() {
        var created = new ArrayList<RunId>();
        for (var i = 0; i < 7; i++) {
            var run = Samples.run("listed", 1, Map.of("parity", i % 2 == 0 ? "even" : "odd", "all", "yes"));
            runs.create(run);
            created.add(run.header().id());
        }
        leader.write(
                epoch,
                Samples.runs(
                        Samples.run(created.get(2), RunState.FAILED), Samples.run(created.get(4), RunState.SUCCEEDED)));
        assertThat(ids(listed(Set.of(), Map.of(), Optional.empty(), 500))).isEqualTo(created.reversed());
        assertThat(ids(listed(Set.of(RunState.FAILED, RunState.SUCCEEDED), Map.of(), Optional.empty(), 500)))
                .containsExactly(created.get(4), created.get(2));
        assertThat(ids(listed(Set.of(), Map.of("parity", "odd", "all", "yes"), Optional.empty(), 500)))
                .containsExactly(created.get(5), created.get(3), created.get(1));
        assertThat(ids(listed(Set.of(), Map.of(), Optional.of(created.get(3)), 2)))
                .containsExactly(created.get(2), created.get(1));
        assertThat(ids(listed(Set.of(RunState.FAILED), Map.of("parity", "odd"), Optional.empty(), 500)))
                .isEmpty();
    }

    @Test
    void lists_by_namespace_and_time_of_creation() {
        var old = Instant.parse("2026-11-20T00:00:00Z");
        var ids = new RunIds(java.time.InstantSource.fixed(old));
        var early = Samples.run(ids.next(), old, "timed", 1, Map.of());
        var late = Samples.run("timed", 1, Map.of());
        runs.create(early);
        runs.create(late);
        assertThat(ids(runs.list(new RunFilter(
                        Set.of(),
                        Optional.of("default"),
                        Optional.of("timed"),
                        Map.of(),
                        Optional.of(NOW),
                        Optional.empty(),
                        10))))
                .containsExactly(late.header().id());
        assertThat(runs.list(new RunFilter(
                        Set.of(),
                        Optional.of("other"),
                        Optional.empty(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        10)))
                .isEmpty();
        assertThat(runs.list(RunFilter.newest(1))).hasSize(1);
    }

    private List<RunStore.StoredRun> listed(
            Set<RunState> states, Map<String, String> labels, Optional<RunId> before, int limit) {
        return runs.list(new RunFilter(
                states, Optional.empty(), Optional.of("listed"), labels, Optional.empty(), before, limit));
    }

    private static List<RunId> ids(List<RunStore.StoredRun> runs) {
        return runs.stream().map(run -> run.header().id()).toList();
    }

    @Test
    void selectors_find_one_run_or_say_why_not() {
        var future = new RunIds(java.time.InstantSource.fixed(Instant.parse("2026-12-24T00:00:00Z")));
        var first = Samples.run(future.next(), NOW, "selected", 1, Map.of());
        var second = Samples.run(future.next(), NOW, "selected", 1, Map.of());
        runs.create(first);
        runs.create(second);
        var id = second.header().id();
        leader.write(epoch, Samples.runs(Samples.run(first.header().id(), RunState.FAILED)));
        assertThat(runs.resolve(id.toString())).isEqualTo(new Selected.One(id));
        assertThat(runs.resolve(id.toString().toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo(new Selected.One(id));
        assertThat(runs.resolve(id.toString().replace("-", ""))).isEqualTo(new Selected.One(id));
        assertThat(runs.resolve(id.toString().substring(0, 30))).isEqualTo(new Selected.One(id));
        assertThat(runs.resolve(id.toString().substring(0, 13)))
                .isEqualTo(new Selected.Many(List.of(id, first.header().id())));
        assertThat(runs.resolve("@latest")).isEqualTo(new Selected.One(id));
        assertThat(runs.resolve("@failed"))
                .isEqualTo(new Selected.One(first.header().id()));
        assertThat(runs.resolve("ffffffff")).isInstanceOf(Selected.None.class);
        for (var bad : List.of("", "hello", "@older", "0-1", id + "0", "%")) {
            assertThat(runs.resolve(bad)).as(bad).isInstanceOf(Selected.None.class);
        }
    }

    @Test
    void a_step_is_found_by_its_name_with_its_instances() {
        var run = Samples.run(2);
        runs.create(run);
        var id = run.header().id();
        var items =
                IntStream.range(0, 3).mapToObj(i -> Samples.text("item " + i)).toList();
        leader.write(
                epoch,
                new RunWrites(
                        List.of(),
                        List.of(new RunWrites.NewInstances(id, 1, "step_1", items, "waits")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        true));
        leader.write(epoch, steps(step(new StepKey(id, 1, 2), StepState.SKIPPED, 1)));
        var rows = runs.step(id, "step_1");
        assertThat(rows).extracting(row -> row.key().index()).containsExactly(-1, 0, 1, 2);
        assertThat(rows.getLast().state()).isEqualTo(StepState.SKIPPED);
        assertThat(rows.getLast().item()).contains(Samples.text("item 2"));
        assertThat(runs.step(id, "unknown")).isEmpty();
    }
}
