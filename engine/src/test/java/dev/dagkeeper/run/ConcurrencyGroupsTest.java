package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.ConcurrencyGroups.Arrival;
import dev.dagkeeper.run.ConcurrencyGroups.Fate;
import dev.dagkeeper.workflow.Concurrency;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConcurrencyGroupsTest {
    private static final GroupName GROUP = new GroupName("default", "orders");

    private final ConcurrencyGroups groups = new ConcurrencyGroups();

    private static RunId id(int number) {
        return new RunId(new UUID(0x0192_0000_0000_7000L, number));
    }

    private static GroupMember run(int number, int priority, int max, OnConflict rule) {
        return new GroupMember(
                id(number), GROUP, "orders_daily", priority, new Concurrency(Optional.empty(), max, rule));
    }

    private Arrival arrive(int number, OnConflict rule) {
        return groups.arrive(run(number, 0, 1, rule));
    }

    private static List<RunId> ids(List<GroupMember> members) {
        return members.stream().map(GroupMember::run).toList();
    }

    @Test
    void allow_starts_whatever_runs() {
        assertThat(arrive(1, OnConflict.ALLOW).fate()).isEqualTo(Fate.STARTS);
        assertThat(arrive(2, OnConflict.ALLOW).fate()).isEqualTo(Fate.STARTS);
        assertThat(arrive(3, OnConflict.SKIP).fate()).isEqualTo(Fate.SKIPPED);
    }

    @Test
    void queue_starts_the_highest_priority_then_the_oldest() {
        assertThat(arrive(1, OnConflict.QUEUE).fate()).isEqualTo(Fate.STARTS);
        assertThat(groups.arrive(run(4, 0, 1, OnConflict.QUEUE)).fate()).isEqualTo(Fate.WAITS);
        assertThat(groups.arrive(run(3, 0, 1, OnConflict.QUEUE)).fate()).isEqualTo(Fate.WAITS);
        assertThat(groups.arrive(run(5, 7, 1, OnConflict.QUEUE)).fate()).isEqualTo(Fate.WAITS);
        assertThat(ids(groups.ended(id(1)))).containsExactly(id(5));
        assertThat(ids(groups.ended(id(5)))).containsExactly(id(3));
        assertThat(ids(groups.ended(id(3)))).containsExactly(id(4));
        assertThat(groups.ended(id(4))).isEmpty();
    }

    @Test
    void who_gives_up_waiting_is_left_out_and_gives_its_turn_to_the_next() {
        arrive(1, OnConflict.QUEUE);
        arrive(2, OnConflict.QUEUE);
        arrive(3, OnConflict.QUEUE);
        assertThat(groups.ended(id(2))).isEmpty();
        assertThat(groups.isWaiting(id(2))).isFalse();
        assertThat(ids(groups.ended(id(1)))).containsExactly(id(3));
    }

    @Test
    void queue_first_waits_alone() {
        arrive(1, OnConflict.QUEUE_FIRST);
        assertThat(arrive(2, OnConflict.QUEUE_FIRST).fate()).isEqualTo(Fate.WAITS);
        var third = arrive(3, OnConflict.QUEUE_FIRST);
        assertThat(third.fate()).isEqualTo(Fate.SKIPPED);
        assertThat(third.reason())
                .isEqualTo("group orders is full: run " + id(1) + " (orders_daily) is active and run " + id(2)
                        + " (orders_daily) waits (on-conflict: queue-first)");
    }

    @Test
    void queue_latest_takes_the_place_of_who_waits() {
        arrive(1, OnConflict.QUEUE_LATEST);
        arrive(2, OnConflict.QUEUE_LATEST);
        var third = arrive(3, OnConflict.QUEUE_LATEST);
        assertThat(third.fate()).isEqualTo(Fate.WAITS);
        assertThat(ids(third.superseded())).containsExactly(id(2));
        assertThat(third.cancelled()).isEmpty();
        assertThat(ids(groups.ended(id(1)))).containsExactly(id(3));
    }

    @Test
    void skip_and_fail_turn_away_with_the_reason() {
        arrive(1, OnConflict.QUEUE);
        assertThat(arrive(2, OnConflict.SKIP))
                .isEqualTo(new Arrival(
                        Fate.SKIPPED,
                        "group orders is full: run " + id(1) + " (orders_daily) is active (on-conflict: skip)",
                        List.of(),
                        List.of()));
        assertThat(arrive(3, OnConflict.FAIL).fate()).isEqualTo(Fate.FAILED);
        assertThat(groups.contains(id(2))).isFalse();
        groups.ended(id(1));
        assertThat(arrive(4, OnConflict.SKIP).fate()).isEqualTo(Fate.STARTS);
    }

    @Test
    void cancel_running_cancels_the_oldest_as_many_as_needed_and_starts_when_they_have_ended() {
        groups.arrive(run(1, 0, 3, OnConflict.QUEUE));
        groups.arrive(run(2, 0, 3, OnConflict.QUEUE));
        groups.arrive(run(3, 0, 3, OnConflict.QUEUE));
        groups.arrive(run(4, 0, 3, OnConflict.QUEUE));
        var fifth = groups.arrive(run(5, 0, 2, OnConflict.CANCEL_RUNNING));
        assertThat(fifth.fate()).isEqualTo(Fate.WAITS);
        assertThat(ids(fifth.cancelled())).containsExactly(id(1), id(2));
        assertThat(ids(fifth.superseded())).containsExactly(id(4));
        assertThat(groups.ended(id(2))).isEmpty();
        assertThat(ids(groups.ended(id(1)))).containsExactly(id(5));
    }

    @Test
    void cancel_running_spares_the_others_while_enough_of_them_end_anyway() {
        arrive(1, OnConflict.CANCEL_RUNNING);
        assertThat(ids(arrive(2, OnConflict.CANCEL_RUNNING).cancelled())).containsExactly(id(1));
        var third = arrive(3, OnConflict.CANCEL_RUNNING);
        assertThat(third.cancelled()).isEmpty();
        assertThat(ids(third.superseded())).containsExactly(id(2));
        assertThat(ids(groups.ended(id(1)))).containsExactly(id(3));
        groups.ending(id(3));
        assertThat(arrive(4, OnConflict.CANCEL_RUNNING).cancelled()).isEmpty();
    }

    @Test
    void nobody_overtakes_a_run_that_needs_more_room() {
        groups.arrive(run(1, 0, 2, OnConflict.QUEUE));
        groups.arrive(run(2, 0, 2, OnConflict.QUEUE));
        assertThat(groups.arrive(run(3, 0, 1, OnConflict.QUEUE)).fate()).isEqualTo(Fate.WAITS);
        assertThat(groups.ended(id(1))).isEmpty();
        assertThat(groups.arrive(run(4, 0, 2, OnConflict.QUEUE)).fate()).isEqualTo(Fate.WAITS);
        assertThat(groups.arrive(run(5, 0, 2, OnConflict.SKIP)).fate()).isEqualTo(Fate.SKIPPED);
        assertThat(ids(groups.ended(id(2)))).containsExactly(id(3), id(4));
    }

    @Test
    void groups_of_the_same_name_in_two_namespaces_are_two() {
        arrive(1, OnConflict.SKIP);
        var other = new GroupMember(
                id(2),
                new GroupName("lab", "orders"),
                "orders_daily",
                0,
                new Concurrency(Optional.empty(), 1, OnConflict.SKIP));
        assertThat(groups.arrive(other).fate()).isEqualTo(Fate.STARTS);
        assertThat(other.group().key()).isNotEqualTo(GROUP.key()).matches("[0-9a-f]{64}");
    }

    @Test
    void the_words_say_who_has_the_places_and_how_many_wait() {
        arrive(1, OnConflict.QUEUE);
        assertThat(groups.words(GROUP)).isEmpty();
        arrive(2, OnConflict.QUEUE);
        assertThat(groups.words(GROUP))
                .hasValue("waits for a place in group orders: 1 of 1 taken by run " + id(1) + " (orders_daily)");
        arrive(3, OnConflict.QUEUE);
        assertThat(groups.words(GROUP).orElseThrow()).endsWith("(orders_daily); 2 wait");
    }
}
