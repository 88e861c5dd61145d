package dev.dagkeeper.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Schedule.When.Datasets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a trigger on datasets is due. */
class UpdatesTest {
    private static final Instant T0 = Instant.parse("2026-03-29T00:00:00Z");
    private static final List<String> URIS = List.of("s3://a", "s3://b", "s3://c");

    private static Instant second(int second) {
        return T0.plusSeconds(second);
    }

    private static Updates updates(boolean all, int uris, int debounce, int maxWait) {
        return new Updates(new Datasets(
                all,
                URIS.subList(0, uris),
                Duration.ofSeconds(debounce),
                maxWait == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(maxWait))));
    }

    @Test
    void any_is_due_with_the_first_update() {
        var any = updates(false, 2, 0, 0);
        assertThat(any.due()).isEmpty();
        assertThat(any.words(T0)).isEqualTo("waits for an update of s3://a or s3://b");
        any.add("s3://c", second(1));
        assertThat(any.due()).as("of another dataset").isEmpty();
        any.add("s3://b", second(2));
        assertThat(any.due()).contains(second(2));
        assertThat(any.missing()).isEmpty();
        assertThat(any.words(second(2))).isEqualTo("updated; due");
        any.clear();
        assertThat(any.due()).isEmpty();
    }

    @Test
    void all_is_due_when_none_is_missing() {
        var all = updates(true, 3, 0, 0);
        all.add("s3://b", second(1));
        all.add("s3://b", second(2));
        all.add("s3://c", second(3));
        assertThat(all.due()).isEmpty();
        assertThat(all.missing()).containsExactly("s3://a");
        assertThat(all.words(T0)).isEqualTo("waits for an update of s3://a; 2 of 3 are updated");
        all.add("s3://a", second(9));
        assertThat(all.due()).contains(second(9));
    }

    @Test
    void debounce_waits_for_quiet_and_max_wait_does_not_wait_longer() {
        var updates = updates(false, 2, 10, 25);
        updates.add("s3://a", second(0));
        assertThat(updates.due()).contains(second(10));
        updates.add("s3://b", second(8));
        assertThat(updates.due()).contains(second(18));
        assertThat(updates.words(second(8))).isEqualTo("updated; waits 10s for further updates (debounce 10s)");
        updates.add("s3://a", second(17));
        assertThat(updates.due()).contains(second(25));
        updates.add("s3://a", second(24));
        assertThat(updates.due()).contains(second(25));
    }

    @Test
    void max_wait_does_not_do_without_what_is_missing() {
        var updates = updates(true, 2, 10, 25);
        updates.add("s3://a", second(0));
        assertThat(updates.due()).isEmpty();
        updates.add("s3://b", second(100));
        assertThat(updates.due()).as("the wait is over already").contains(second(100));
    }

    /** The same, said of the list of all updates and second by second. */
    private record Model(boolean all, int uris, int debounce, int maxWait, List<Update> updates) {
        record Update(int uri, int second) {}

        boolean fires(int now) {
            var came = updates.stream().filter(update -> update.second <= now).toList();
            var seen = new HashSet<Integer>();
            came.forEach(update -> seen.add(update.uri));
            if (all ? seen.size() < uris : seen.isEmpty()) {
                return false;
            }
            boolean quiet = came.stream().allMatch(update -> update.second + debounce <= now);
            boolean longEnough = maxWait > 0 && came.stream().anyMatch(update -> update.second + maxWait <= now);
            return quiet || longEnough;
        }
    }

    @Test
    void it_is_due_at_the_first_moment_at_which_a_naive_model_fires() {
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            int uris = 1 + random.nextInt(3);
            int debounce = random.nextInt(3) * random.nextInt(8);
            int maxWait = random.nextBoolean() ? 0 : debounce + 1 + random.nextInt(10);
            var all = new ArrayList<Model.Update>();
            for (int n = random.nextInt(8); n > 0; n--) {
                all.add(new Model.Update(random.nextInt(uris), random.nextInt(30)));
            }
            var model = new Model(random.nextBoolean(), uris, debounce, maxWait, all);
            // It is asked after each second, as the leader does when there is news, and is then due or not.
            int fired = -1;
            for (int now = 0; now < 60 && fired < 0; now++) {
                if (model.fires(now)) {
                    fired = now;
                }
            }
            assertThat(firstDue(model, random)).as("seed %d %s", seed, model).isEqualTo(fired);
        }
    }

    private static int firstDue(Model model, Random random) {
        for (int now = 0; now < 60; now++) {
            var second = now;
            var known = new ArrayList<>(model.updates.stream()
                    .filter(update -> update.second <= second)
                    .toList());
            Collections.shuffle(known, random);
            var updates = updates(model.all, model.uris, model.debounce, model.maxWait);
            known.forEach(update -> updates.add(URIS.get(update.uri), second(update.second)));
            if (updates.due().filter(due -> !due.isAfter(second(second))).isPresent()) {
                return now;
            }
        }
        return -1;
    }
}
