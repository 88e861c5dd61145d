package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Concurrency;
import dev.dagkeeper.workflow.Concurrency.OnConflict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Random runs that come and end, with leaders that change in between. What is stored of a run is a {@link Row}. */
class ConcurrencyGroupsPropertyTest {
    private static final GroupName GROUP = new GroupName("default", "g");
    private static final int SEEDS = 400;
    private static final int STEPS = 120;

    private enum State {
        NEW,
        WAITING,
        ACTIVE,
        ENDING,
        ENDED,
        TURNED_AWAY
    }

    private static final class Row {
        final GroupMember member;
        State state = State.NEW;

        Row(GroupMember member) {
            this.member = member;
        }
    }

    /** One history. Policies and maxima are mixed unless there is one rule for all. */
    private static final class History {
        final RandomGenerator random;
        final Optional<Concurrency> rule;
        final Map<RunId, Row> rows = new TreeMap<>();
        ConcurrencyGroups groups = new ConcurrencyGroups();
        int next = 1;

        History(long seed, Optional<Concurrency> rule) {
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            this.rule = rule;
        }

        void play(boolean forgetful) {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(6)) {
                    case 0, 1 -> arrive(create());
                    case 2, 3 -> any(State.ACTIVE, State.ENDING).ifPresent(this::end);
                    case 4 -> any(State.WAITING).ifPresent(this::end);
                    case 5 -> takeOver(forgetful);
                    default -> throw new AssertionError();
                }
                check();
            }
            for (var row = any(State.ACTIVE, State.ENDING); row.isPresent(); row = any(State.ACTIVE, State.ENDING)) {
                end(row.get());
                check();
            }
            assertThat(rows.values())
                    .as("each run has had its fate")
                    .allMatch(row -> row.state == State.ENDED || row.state == State.TURNED_AWAY);
        }

        Row create() {
            var concurrency = rule.orElseGet(() -> new Concurrency(
                    Optional.empty(),
                    1 + random.nextInt(3),
                    List.of(OnConflict.values()).get(random.nextInt(OnConflict.values().length))));
            var run = new RunId(new UUID(0x0192_0000_0000_7000L, next++));
            var row = new Row(new GroupMember(run, GROUP, "w", rule.isPresent() ? 0 : random.nextInt(3), concurrency));
            rows.put(run, row);
            return row;
        }

        void arrive(Row row) {
            long before = count(State.ACTIVE, State.ENDING);
            var arrival = groups.arrive(row.member);
            for (var victim : arrival.cancelled()) {
                move(victim, State.ACTIVE, State.ENDING);
            }
            for (var victim : arrival.superseded()) {
                move(victim, State.WAITING, State.TURNED_AWAY);
            }
            switch (arrival.fate()) {
                case STARTS -> {
                    var concurrency = row.member.rule();
                    assertThat(before < concurrency.max() || concurrency.onConflict() == OnConflict.ALLOW)
                            .as("a place was free")
                            .isTrue();
                    move(row.member, State.NEW, State.ACTIVE);
                }
                case WAITS -> move(row.member, State.NEW, State.WAITING);
                case SKIPPED, FAILED -> move(row.member, State.NEW, State.TURNED_AWAY);
            }
        }

        void end(Row row) {
            row.state = State.ENDED;
            start(groups.ended(row.member.run()));
        }

        void start(List<GroupMember> started) {
            for (var member : started) {
                assertThat(rows.values().stream()
                                .filter(row -> row.state == State.WAITING)
                                .map(row -> row.member)
                                .sorted()
                                .findFirst())
                        .as("the first in order starts")
                        .hasValue(member);
                assertThat(count(State.ACTIVE, State.ENDING))
                        .isLessThan(member.rule().max());
                move(member, State.WAITING, State.ACTIVE);
            }
        }

        /** Some come while nobody leads; a forgetful store has lost who was told to wait. */
        void takeOver(boolean forgetful) {
            var before = groups.words(GROUP);
            groups = new ConcurrencyGroups();
            var fresh = new ArrayList<Row>();
            rows.values().forEach(row -> {
                switch (row.state) {
                    case ACTIVE -> groups.active(row.member, false);
                    case ENDING -> groups.active(row.member, true);
                    case WAITING -> {
                        if (forgetful) {
                            row.state = State.NEW;
                            fresh.add(row);
                        } else {
                            groups.waiting(row.member);
                        }
                    }
                    case NEW, ENDED, TURNED_AWAY -> {}
                }
            });
            assertThat(groups.fill()).as("nothing was left undecided").isEmpty();
            fresh.forEach(this::arrive);
            assertThat(groups.words(GROUP)).isEqualTo(before);
            if (random.nextBoolean()) {
                arrive(create());
            }
        }

        void move(GroupMember member, State from, State to) {
            var row = Objects.requireNonNull(rows.get(member.run()));
            assertThat(row.state).as("state of run %s", member.run()).isEqualTo(from);
            row.state = to;
        }

        long count(State... states) {
            return rows.values().stream()
                    .filter(row -> List.of(states).contains(row.state))
                    .count();
        }

        Optional<Row> any(State... states) {
            var found = rows.values().stream()
                    .filter(row -> List.of(states).contains(row.state))
                    .toList();
            return found.isEmpty() ? Optional.empty() : Optional.of(found.get(random.nextInt(found.size())));
        }

        void check() {
            for (var row : rows.values()) {
                assertThat(groups.isWaiting(row.member.run())).isEqualTo(row.state == State.WAITING);
            }
            rule.filter(concurrency -> concurrency.onConflict() != OnConflict.ALLOW)
                    .ifPresent(concurrency ->
                            assertThat(count(State.ACTIVE, State.ENDING)).isLessThanOrEqualTo(concurrency.max()));
            rows.values().stream()
                    .filter(row -> row.state == State.WAITING)
                    .map(row -> row.member)
                    .sorted()
                    .findFirst()
                    .ifPresent(first -> assertThat(count(State.ACTIVE, State.ENDING))
                            .as("nobody waits for a place that is free")
                            .isGreaterThanOrEqualTo(first.rule().max()));
        }
    }

    @Test
    void every_run_has_one_fate_and_no_group_is_overfull_whoever_leads() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            new History(seed, Optional.empty()).play(false);
        }
    }

    @Test
    void deciding_again_in_order_of_ids_about_those_who_waited_comes_to_the_same() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (var policy : OnConflict.values()) {
                var rule = new Concurrency(Optional.empty(), 1 + (int) (seed % 3), policy);
                new History(seed, Optional.of(rule)).play(true);
            }
        }
    }

    @Test
    void a_run_is_turned_away_only_by_a_rule_that_says_so() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var history = new History(seed, Optional.of(new Concurrency(Optional.empty(), 2, OnConflict.QUEUE)));
            history.play(false);
            assertThat(history.count(State.TURNED_AWAY)).isZero();
        }
    }
}
