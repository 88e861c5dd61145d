package dev.dagkeeper.history;

import static dev.dagkeeper.history.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatasetWrites.Consumed;
import dev.dagkeeper.history.DatasetWrites.Produced;
import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.FireWrites.TriggerProgress;
import dev.dagkeeper.history.LeaderStore.RecordedEvent;
import dev.dagkeeper.history.LeaderStore.UnseenOfOne;
import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.workflow.DatasetEvent;
import dev.dagkeeper.workflow.Scope.RunFacts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a leader relies on where events of datasets are kept. */
public abstract class DatasetContract extends HistoryContract {
    private static final String SCHEDULE = "{\"any\":[\"s3://a\",\"s3://b\"]}";

    private static String uri() {
        return "s3://" + UUID.randomUUID();
    }

    private static Unseen of(List<String> uris, long after, long upTo) {
        return new Unseen(uris, after, upTo, Instant.EPOCH);
    }

    private void write(FireWrites fires, DatasetWrites datasets) {
        assertThat(leader.write(epoch, RunWrites.of(fires, datasets))).isTrue();
    }

    @Test
    void events_have_the_order_in_which_they_were_recorded() {
        var uri = uri();
        var before = leader.lastDatasetEvent();
        var first = datasetEvent(uri);
        var second = datasetEvent(uri());
        assertThat(first).isGreaterThan(before);
        assertThat(second).isGreaterThan(first);
        assertThat(leader.lastDatasetEvent()).isEqualTo(second);
        assertThat(leader.datasetEvents(before, 10))
                .extracting(RecordedEvent::id)
                .containsExactly(first, second);
        assertThat(leader.datasetEvents(before, 1).getFirst().uri()).isEqualTo(uri);
        assertThat(leader.datasetEvents(second, 10)).isEmpty();
    }

    @Test
    void the_success_of_a_step_is_one_event_of_each_dataset_with_its_outputs_however_often_it_is_written() {
        var key = key();
        worker.record(List.of(Samples.succeeded(key, 1)));
        var uri = uri();
        var other = uri();
        var before = leader.lastDatasetEvent();
        var produced = List.of(
                new Produced(uri, "default", "w", key, "step_0", NOW),
                new Produced(other, "default", "w", key, "step_0", NOW));
        for (int i = 0; i < 2; i++) {
            write(FireWrites.NONE, new DatasetWrites(produced, List.of()));
        }
        var last = leader.lastDatasetEvent();
        assertThat(leader.datasetEvents(before, 10))
                .extracting(RecordedEvent::uri)
                .containsExactlyInAnyOrder(uri, other);
        assertThat(leader.unseenEvents(of(List.of(uri), before, last), 10))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.at()).isEqualTo(NOW);
                    assertThat(event.workflow()).isEqualTo("w");
                    assertThat(event.run()).isEqualTo(key.run().toString());
                    assertThat(event.step()).isEqualTo("step_0");
                    assertThat(event.data().orElseThrow().path("rows").intValue())
                            .isEqualTo(42);
                });
        assertThat(leader.write(
                        epoch - 1,
                        RunWrites.of(
                                FireWrites.NONE,
                                new DatasetWrites(
                                        List.of(new Produced(uri(), "default", "w", key, "step_0", NOW)), List.of()))))
                .isFalse();
        assertThat(leader.lastDatasetEvent()).isEqualTo(last);
    }

    @Test
    void a_trigger_has_not_seen_what_is_behind_its_cursor_and_not_too_old() {
        var uri = uri();
        var other = uri();
        var first = datasetEvent(uri);
        var second = datasetEvent(uri);
        var third = datasetEvent(uri);
        var last = datasetEvent(other);
        var times = leader.datasetEvents(first - 1, 10).stream()
                .map(RecordedEvent::at)
                .toList();
        assertThat(leader.unseen(Map.of(
                        1L, of(List.of(uri, other), first, last),
                        2L, of(List.of(uri()), 0, last),
                        3L, new Unseen(List.of(uri), 0, last, times.get(2)),
                        4L, of(List.of(uri), 0, first))))
                .isEqualTo(Map.of(
                        1L,
                        List.of(
                                new UnseenOfOne(uri, times.get(1), times.get(2)),
                                new UnseenOfOne(other, times.get(3), times.get(3))),
                        3L,
                        List.of(new UnseenOfOne(uri, times.get(2), times.get(2))),
                        4L,
                        List.of(new UnseenOfOne(uri, times.get(0), times.get(0)))));
        assertThat(leader.unseenEvents(of(List.of(uri, other), 0, last), 3))
                .extracting(DatasetEvent::id)
                .containsExactly(second, third, last);
    }

    private static NewRun seeing(List<DatasetEvent> events) {
        var run = Samples.run(2);
        var old = run.header().facts();
        var facts = new RunFacts(
                old.id(),
                old.workflow(),
                old.revision(),
                old.time(),
                old.intervalStart(),
                old.intervalEnd(),
                "on",
                events);
        var header = run.header();
        return new NewRun(
                new RunHeader(
                        header.id(),
                        header.revisionId(),
                        header.namespace(),
                        facts,
                        header.priority(),
                        header.inputs(),
                        header.createdAt(),
                        header.due()),
                run.labels(),
                run.steps(),
                Optional.empty());
    }

    private static NewFire fire(StoredTrigger trigger, int second, Optional<NewRun> run) {
        return new NewFire(
                trigger.workflowId(),
                trigger.name(),
                NOW.plusSeconds(second),
                FireOutcome.STARTED,
                "",
                run,
                NOW.plusSeconds(second));
    }

    private static Consumed consumed(NewFire fire, Unseen events) {
        return new Consumed(
                fire.workflowId(),
                fire.trigger(),
                fire.fire(),
                fire.run().map(r -> r.header().id()),
                events);
    }

    @Test
    void events_are_consumed_with_their_fire_once_by_each_trigger_and_its_run_sees_them() {
        var uri = uri();
        var mine = trigger("consumer", "on", SCHEDULE);
        var others = trigger("other_consumer", "on", SCHEDULE);
        var first = datasetEvent(uri);
        var second = datasetEvent(uri);
        var which = of(List.of(uri), first - 1, second);
        var run = seeing(leader.unseenEvents(which, 10));
        var fire = fire(mine, 1, Optional.of(run));
        var progress = new Progress(NOW.plusSeconds(1), 0, Optional.empty(), "", second);
        write(
                new FireWrites(List.of(fire), List.of(new TriggerProgress(mine.id(), progress)), List.of()),
                new DatasetWrites(List.of(), List.of(consumed(fire, which))));

        assertThat(uses(mine)).containsExactly(first + " " + fire.fire(), second + " " + fire.fire());
        assertThat(uses(others)).isEmpty();
        var loaded = leader.load(List.of(run.header().id())).getFirst();
        assertThat(loaded.header()).isEqualTo(run.header());
        assertThat(loaded.header().facts().events())
                .extracting(DatasetEvent::id)
                .containsExactly(first, second);
        assertThat(reread(mine).progress()).contains(progress);

        // A cursor does not go back, and what is consumed is so for good.
        var again = fire(mine, 2, Optional.of(seeing(List.of())));
        write(
                new FireWrites(
                        List.of(again),
                        List.of(new TriggerProgress(
                                mine.id(), new Progress(NOW.plusSeconds(2), 0, Optional.empty(), "", first))),
                        List.of()),
                new DatasetWrites(List.of(), List.of(consumed(again, which))));
        assertThat(uses(mine)).containsExactly(first + " " + fire.fire(), second + " " + fire.fire());
        assertThat(reread(mine).progress().orElseThrow().event()).isEqualTo(second);

        // What has no fire with this run consumes nothing.
        var turnedAway = fire(mine, 2, Optional.of(seeing(List.of())));
        var third = datasetEvent(uri);
        write(
                new FireWrites(List.of(turnedAway), List.of(), List.of()),
                new DatasetWrites(List.of(), List.of(consumed(turnedAway, of(List.of(uri), second, third)))));
        assertThat(uses(mine)).hasSize(2);

        var skipped = fire(others, 1, Optional.empty());
        write(
                new FireWrites(List.of(skipped), List.of(), List.of()),
                new DatasetWrites(List.of(), List.of(consumed(skipped, which))));
        assertThat(uses(others)).hasSize(2);
    }

    private StoredTrigger reread(StoredTrigger trigger) {
        return leader.triggers(0, Integer.MAX_VALUE).stream()
                .filter(row -> row.id() == trigger.id())
                .findFirst()
                .orElseThrow();
    }
}
