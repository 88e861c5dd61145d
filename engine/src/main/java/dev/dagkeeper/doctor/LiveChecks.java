package dev.dagkeeper.doctor;

import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.InspectionStore.Placement;
import dev.dagkeeper.history.InspectionStore.Placements;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Lock;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What must hold between ZooKeeper and Postgres, which were read one after the other: a violation is only a suspicion until
 * it is seen again. Lives for one look.
 */
final class LiveChecks {
    private final LiveNodes nodes;
    private final Findings findings;
    private final Map<StepKey, List<ItemNode>> items = new HashMap<>();
    private final Map<StepKey, Lock> locks = new HashMap<>();
    private final List<NoteNode> notes = new ArrayList<>();

    private record ItemNode(String path, Item item) {}

    private record NoteNode(String path, StopNote note) {}

    LiveChecks(LiveNodes nodes, Findings findings) {
        this.nodes = nodes;
        this.findings = findings;
        nodes.inboxes().forEach((incarnation, names) -> names.forEach(name -> inbox(incarnation, name)));
        nodes.locks()
                .forEach((path, data) ->
                        read(path, p -> Lock.parse(p, data)).ifPresent(lock -> locks.put(lock.key(), lock)));
    }

    private void inbox(String incarnation, String name) {
        var path = Paths.inbox(incarnation) + "/" + name;
        if (StopNote.isNote(name)) {
            read(path, _ -> StopNote.parse(name)).ifPresent(note -> notes.add(new NoteNode(path, note)));
        } else {
            read(path, _ -> Item.parse(name))
                    .ifPresent(item -> items.computeIfAbsent(item.key(), _ -> new ArrayList<>())
                            .add(new ItemNode(path, item)));
        }
    }

    private <T> Optional<T> read(String path, Function<String, T> parse) {
        findings.examined(Check.UNREADABLE, 1);
        try {
            return Optional.of(parse.apply(path));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            findings.add(Violation.ofNode(
                    Check.UNREADABLE, path, "an item, a note or a lock", String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** The steps that ZooKeeper has something about. */
    Set<StepKey> keys() {
        var keys = new HashSet<>(items.keySet());
        keys.addAll(locks.keySet());
        notes.forEach(note -> keys.add(note.note().key()));
        return keys;
    }

    /** @param rows read after the nodes */
    void check(Placements rows) {
        leader(rows);
        rows.placed().forEach(this::placed);
        items.forEach((key, list) -> list.forEach(item -> item(item, list.getFirst(), row(rows, key))));
        locks.values().forEach(lock -> lock(lock, row(rows, lock.key())));
        notes.forEach(note -> note(note, row(rows, note.note().key())));
        nodes.inboxes()
                .forEach((incarnation, names) -> findings.expect(
                        nodes.members().contains(incarnation),
                        Check.DEAD_INBOX,
                        () -> Violation.ofNode(
                                Check.DEAD_INBOX,
                                Paths.inbox(incarnation),
                                "a member " + incarnation,
                                "none, and " + names.size() + " nodes in its inbox")));
    }

    private static Optional<Placement> row(Placements rows, StepKey key) {
        return Optional.ofNullable(rows.asked().get(key));
    }

    private void leader(Placements rows) {
        findings.expect(
                !rows.active() || nodes.leader().isPresent(),
                Check.LEADER,
                () -> Violation.ofCluster(Check.LEADER, "a leader, since runs are active", "none"));
        if (nodes.leader().isPresent()) {
            findings.expect(
                    nodes.epochs().equals(List.of(Long.toString(rows.epoch()))),
                    Check.FENCE,
                    () -> Violation.ofNode(
                            Check.FENCE,
                            Paths.EPOCHS,
                            "the one node " + rows.epoch() + ", the epoch in Postgres",
                            nodes.epochs().isEmpty() ? "none" : String.join(", ", nodes.epochs())));
        }
    }

    private void placed(StepKey key, Placement row) {
        if (row.reported()) {
            return;
        }
        findings.expect(
                hasLock(key, row.claim())
                        || items.getOrDefault(key, List.of()).stream()
                                .anyMatch(node -> node.item().claim() == row.claim()),
                Check.PLACED_NOWHERE,
                () -> Violation.ofStep(
                        Check.PLACED_NOWHERE,
                        key,
                        row.step(),
                        "an item or a lock, since it is " + row.state().text() + " under claim " + row.claim(),
                        "neither"));
    }

    private boolean hasLock(StepKey key, int claim) {
        var lock = locks.get(key);
        return lock != null && lock.claim() == claim;
    }

    private void item(ItemNode node, ItemNode first, Optional<Placement> row) {
        var item = node.item();
        findings.expect(
                row.filter(r -> r.claim() == item.claim() && r.state() == StepState.QUEUED)
                        .isPresent(),
                Check.STRAY_ITEM,
                () -> violation(
                        Check.STRAY_ITEM, item.key(), node.path(), "a queued step under claim " + item.claim(), row));
        boolean one = first.equals(node);
        findings.expect(
                one && !hasLock(item.key(), item.claim()),
                Check.TWO_ITEMS,
                () -> violation(
                        Check.TWO_ITEMS,
                        item.key(),
                        node.path(),
                        one
                                ? "no item, since there is a lock of claim " + item.claim()
                                : "one item, not another at " + first.path(),
                        row));
    }

    private void lock(Lock lock, Optional<Placement> row) {
        var path = Lock.path(lock.key());
        findings.expect(
                row.filter(r -> r.claim() == lock.claim() && !r.reported() && isPlaced(r.state()))
                        .isPresent(),
                Check.STRAY_LOCK,
                () -> violation(
                        Check.STRAY_LOCK,
                        lock.key(),
                        path,
                        "a running step under claim " + lock.claim() + ", whose lock " + lock.incarnation() + " holds",
                        row));
        findings.expect(
                nodes.members().contains(lock.incarnation()),
                Check.LOCK_OF_NOBODY,
                () -> violation(
                        Check.LOCK_OF_NOBODY,
                        lock.key(),
                        path,
                        "its holder " + lock.incarnation() + " to be alive",
                        row));
    }

    private void note(NoteNode node, Optional<Placement> row) {
        findings.examined(Check.STALE_NOTE, 1);
        findings.add(violation(
                Check.STALE_NOTE,
                node.note().key(),
                node.path(),
                "the note about claim " + node.note().claim() + " to be heeded and deleted",
                row));
    }

    private static boolean isPlaced(StepState state) {
        return state == StepState.QUEUED || state == StepState.RUNNING;
    }

    private static Violation violation(
            Check check, StepKey key, String path, String expected, Optional<Placement> row) {
        return new Violation(
                check,
                Optional.of(key.run()),
                Optional.of(Violation.name(key, row.map(Placement::step).orElse("step " + key.step()))),
                Optional.of(path),
                expected,
                row.map(r -> "the row says " + r.state().text() + ", claim " + r.claim()
                                + (r.reported() ? ", a result is recorded" : ""))
                        .orElse("no such step"));
    }
}
