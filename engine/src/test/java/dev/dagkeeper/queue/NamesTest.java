package dev.dagkeeper.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of items, notes and locks: what is written is what is read, and names sort as they are to be worked off. */
class NamesTest {
    private static final RunId OLDER = RunId.parse("019aa0b1-0000-7000-8000-00000000ffff");
    private static final RunId YOUNGER = RunId.parse("019aa0b2-0000-7000-8000-000000000000");
    private static final StepKey KEY = new StepKey(OLDER, 3, StepKey.WHOLE);

    @Test
    void an_item_is_read_as_it_was_written() {
        long seed = System.nanoTime();
        System.out.println("NamesTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000; i++) {
            var item = randomItem(random);
            assertThat(Item.parse(item.name())).isEqualTo(item);
            assertThat(item.name()).hasSizeLessThan(100).doesNotContain("/");
        }
    }

    @Test
    void an_item_of_a_whole_step_has_a_known_name() {
        assertThat(new Item(5, KEY, 2, 1).name()).isEqualTo("495.019aa0b1-0000-7000-8000-00000000ffff.3.-1.2.1");
        assertThat(new Item(-499, KEY, 1, 1).name()).startsWith("999.");
        assertThat(new Item(499, KEY, 1, 1).name()).startsWith("001.");
    }

    @Test
    void names_do_not_depend_on_the_locale() {
        var before = Locale.getDefault();
        var item = new Item(-7, KEY, 12, 34);
        var note = new StopNote(KEY, 12, true);
        var names = List.of(item.name(), note.name(), Lock.path(KEY));
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(List.of(item.name(), note.name(), Lock.path(KEY))).isEqualTo(names);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void items_are_worked_off_by_priority_and_then_by_age() {
        var urgent = new Item(100, new StepKey(YOUNGER, 0, StepKey.WHOLE), 1, 1);
        var old = new Item(0, new StepKey(OLDER, 9, StepKey.WHOLE), 1, 1);
        var young = new Item(0, new StepKey(YOUNGER, 0, StepKey.WHOLE), 1, 1);
        var patient = new Item(-100, new StepKey(OLDER, 0, StepKey.WHOLE), 1, 1);
        var expected = List.of(urgent, old, young, patient);

        var items = new ArrayList<>(List.of(patient, young, old, urgent));
        items.sort(Comparator.naturalOrder());
        assertThat(items).isEqualTo(expected);
        items.sort(Comparator.comparing(Item::name));
        assertThat(items).isEqualTo(expected);
    }

    @Test
    void the_order_of_items_is_total_and_agrees_with_equals() {
        var random = new SplittableRandom(42);
        for (int i = 0; i < 2_000; i++) {
            var a = new Item(random.nextInt(2), new StepKey(OLDER, random.nextInt(2), -1), random.nextInt(2), 1);
            var b = new Item(random.nextInt(2), new StepKey(OLDER, random.nextInt(2), -1), random.nextInt(2), 1);
            assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
        }
    }

    @Test
    void a_priority_that_does_not_fit_its_three_digits_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Item(500, KEY, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Item(-500, KEY, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "500.019aa0b1-0000-7000-8000-00000000ffff.3.-1.2", "500.no-run.3.-1.2.1"})
    void what_is_not_an_item_is_refused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Item.parse(name));
    }

    @Test
    void a_note_is_read_as_it_was_written_and_is_never_taken_for_an_item() {
        for (var kill : List.of(true, false)) {
            var note = new StopNote(new StepKey(YOUNGER, 12, 345), 6, kill);
            assertThat(StopNote.isNote(note.name())).isTrue();
            assertThat(StopNote.parse(note.name())).isEqualTo(note);
        }
        assertThat(StopNote.isNote(new Item(0, KEY, 1, 1).name())).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> StopNote.parse(new Item(0, KEY, 1, 1).name()));
    }

    @Test
    void a_lock_is_read_as_it_was_written() {
        var lock = new Lock(new StepKey(YOUNGER, 12, 345), 6, "a worker~00ff");
        var data = new String(lock.data(), StandardCharsets.UTF_8);
        assertThat(Lock.parse(Lock.path(lock.key()), data)).isEqualTo(lock);
        assertThat(Lock.isPath(Lock.path(lock.key()))).isTrue();
        assertThat(Lock.isPath(Paths.lockShard(7))).isFalse();
        assertThat(Lock.isPath(Paths.LOCKS)).isFalse();
    }

    @Test
    void the_place_of_a_lock_is_the_same_for_every_process_and_never_changes() {
        assertThat(Lock.path(KEY)).isEqualTo("/dagkeeper/locks/2a/019aa0b1-0000-7000-8000-00000000ffff.3.-1");
    }

    @Test
    void locks_spread_over_all_shards() {
        var random = new SplittableRandom(7);
        var shards = new HashSet<String>();
        for (int i = 0; i < 10_000; i++) {
            var path = Lock.path(randomItem(random).key());
            shards.add(path.substring(0, path.lastIndexOf('/')));
        }
        assertThat(shards).hasSize(Paths.LOCK_SHARDS);
    }

    private static Item randomItem(SplittableRandom random) {
        return new Item(
                random.nextInt(-499, 500),
                new StepKey(
                        new RunId(new UUID(random.nextLong(), random.nextLong())),
                        random.nextInt(20_000),
                        random.nextInt(-1, 20_000)),
                random.nextInt(1, 1_000_000),
                random.nextInt(1, 1_000));
    }
}
