package dev.dagkeeper.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.InspectionStore.Placement;
import dev.dagkeeper.history.InspectionStore.Placements;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Nodes and rows that fit together but for one thing, which is found and named. */
class LiveChecksTest {
    private static final String WORKER = "w1~abc";
    private static final String OTHER = "w2~def";
    private static final StepKey QUEUED = key(0);
    private static final StepKey RUNNING = key(1);
    private static final StepKey ENDED = key(2);

    private final Set<String> members = new HashSet<>(Set.of(WORKER, OTHER));
    private final List<String> inbox = new ArrayList<>();
    private final List<String> otherInbox = new ArrayList<>();
    private final Map<String, List<String>> inboxes = new HashMap<>();
    private final Map<String, String> locks = new HashMap<>();
    private final List<String> epochs = new ArrayList<>(List.of("7"));
    private final Map<StepKey, Placement> rows = new HashMap<>();
    private Optional<String> leader = Optional.of("m1");

    LiveChecksTest() {
        inbox.add(item(QUEUED, 2).name());
        inboxes.put(WORKER, inbox);
        inboxes.put(OTHER, otherInbox);
        lock(RUNNING, 1, WORKER);
        rows.put(QUEUED, new Placement("queued", StepState.QUEUED, 2, false));
        rows.put(RUNNING, new Placement("running", StepState.RUNNING, 1, false));
        rows.put(ENDED, new Placement("ended", StepState.SUCCEEDED, 1, true));
    }

    @Test
    void nodes_that_fit_the_rows_violate_nothing() {
        assertThat(checks()).isEmpty();
    }

    @Test
    void a_placed_step_without_item_and_lock_is_named() {
        locks.clear();
        inbox.clear();
        assertThat(violations())
                .containsExactlyInAnyOrder(
                        Violation.ofStep(
                                Check.PLACED_NOWHERE,
                                QUEUED,
                                "queued",
                                "an item or a lock, since it is queued under claim 2",
                                "neither"),
                        Violation.ofStep(
                                Check.PLACED_NOWHERE,
                                RUNNING,
                                "running",
                                "an item or a lock, since it is running under claim 1",
                                "neither"));
    }

    @Test
    void a_recorded_result_needs_no_lock() {
        locks.clear();
        rows.put(RUNNING, new Placement("running", StepState.RUNNING, 1, true));
        assertThat(checks()).isEmpty();
    }

    @Test
    void an_item_of_an_ended_or_unknown_step_or_an_earlier_claim_is_stray() {
        otherInbox.add(item(ENDED, 1).name());
        otherInbox.add(item(key(9), 1).name());
        assertThat(checks()).containsExactly(Check.STRAY_ITEM, Check.STRAY_ITEM);
        assertThat(violations().getFirst().node()).contains(item(ENDED, 1).path(OTHER));
    }

    @Test
    void a_second_item_and_one_beside_the_lock_are_named() {
        otherInbox.add(item(QUEUED, 2).name());
        assertThat(checks()).containsExactly(Check.TWO_ITEMS);
        otherInbox.clear();
        lock(QUEUED, 2, OTHER);
        assertThat(checks()).containsExactly(Check.TWO_ITEMS);
    }

    @Test
    void a_lock_without_its_step_or_its_holder_is_named() {
        lock(ENDED, 1, WORKER);
        assertThat(checks()).containsExactly(Check.STRAY_LOCK);
        locks.remove(Lock.path(ENDED));
        rows.put(RUNNING, new Placement("running", StepState.RUNNING, 2, false));
        inbox.add(item(RUNNING, 2).name());
        assertThat(checks()).contains(Check.STRAY_LOCK).doesNotContain(Check.PLACED_NOWHERE);
        rows.put(RUNNING, new Placement("running", StepState.RUNNING, 1, false));
        inbox.removeLast();
        members.remove(WORKER);
        assertThat(checks()).contains(Check.LOCK_OF_NOBODY, Check.DEAD_INBOX);
    }

    @Test
    void an_inbox_of_nobody_a_note_and_rubbish_are_named() {
        inboxes.put("w9~gone", List.of());
        assertThat(checks()).containsExactly(Check.DEAD_INBOX);
        inboxes.remove("w9~gone");
        inbox.add(new StopNote(RUNNING, 1, false).name());
        assertThat(checks()).containsExactly(Check.STALE_NOTE);
        inbox.removeLast();
        inbox.add("rubbish");
        locks.put(Paths.LOCKS + "/00/" + RUNNING.run() + ".3.-1", "no claim");
        assertThat(checks()).containsExactly(Check.UNREADABLE, Check.UNREADABLE);
    }

    @Test
    void other_fences_than_the_epochs_and_no_leader_are_named() {
        epochs.add("6");
        assertThat(checks()).containsExactly(Check.FENCE);
        epochs.clear();
        assertThat(checks()).containsExactly(Check.FENCE);
        leader = Optional.empty();
        assertThat(checks()).containsExactly(Check.LEADER);
    }

    private List<Check> checks() {
        return violations().stream().map(Violation::check).toList();
    }

    private List<Violation> violations() {
        var findings = new Findings(20);
        var checks = new LiveChecks(new LiveNodes(members, inboxes, locks, epochs, leader), findings);
        var placed = new HashMap<>(rows);
        placed.remove(ENDED);
        var asked = new HashMap<>(rows);
        asked.keySet().retainAll(checks.keys());
        checks.check(new Placements(7, true, placed, asked));
        return findings.all();
    }

    private static StepKey key(int step) {
        return new StepKey(RunId.parse("01890000-0000-7000-8000-000000000001"), step, StepKey.WHOLE);
    }

    private static Item item(StepKey key, int claim) {
        return new Item(0, key, claim, 1);
    }

    private void lock(StepKey key, int claim, String incarnation) {
        locks.put(Lock.path(key), new String(new Lock(key, claim, incarnation).data(), StandardCharsets.UTF_8));
    }
}
