package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Concurrency.OnConflict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who has a place in which concurrency group, and who waits for one. It decides, when a run comes and when one ends, by the
 * rule of the run that comes; whoever asks carries it out.
 *
 * <p>Nothing of it is stored: a new leader tells it whom it finds {@link #active} and whom {@link #waiting}, and asks about
 * the others, oldest first. Pure but for its memory; a decision costs what it changes and O(log n) of its group. Not
 * thread-safe: the leader's.
 *
 * <p>A group is full for a run when as many are active as its own rule allows, or when others wait already. Among those that
 * wait nobody overtakes: when the first does not fit by its own rule, those behind it wait too.
 */
public final class ConcurrencyGroups {
    private static final int NAMES = 3;

    private final Map<GroupName, Group> groups = new HashMap<>();
    private final Map<RunId, GroupMember> members = new HashMap<>();
    private final Set<GroupName> changed = new LinkedHashSet<>();

    private static final class Group {
        /** The oldest first. */
        final TreeMap<RunId, GroupMember> active = new TreeMap<>();

        /** Those of the active that will end without being asked. */
        final Set<RunId> ending = new HashSet<>();

        final NavigableSet<GroupMember> waiting = new TreeSet<>();

        boolean isFullFor(GroupMember member) {
            return !hasPlaceFor(member) || !waiting.isEmpty();
        }

        boolean hasPlaceFor(GroupMember member) {
            return active.size() < member.rule().max();
        }
    }

    /** What becomes of a run that came. */
    public enum Fate {
        STARTS,
        WAITS,
        SKIPPED,
        FAILED
    }

    /**
     * The decision about a run that came.
     *
     * @param reason in words, for a run that was turned away
     * @param cancelled active runs that are to be cancelled for it
     * @param superseded runs that waited and do not any more: to be skipped
     */
    public record Arrival(Fate fate, String reason, List<GroupMember> cancelled, List<GroupMember> superseded) {}

    /**
     * A run that has a place, as a new leader finds it.
     *
     * @param ending whether its verdict is fixed: it is being cancelled, or its hooks run
     */
    public void active(GroupMember member, boolean ending) {
        var group = group(member);
        group.active.put(member.run(), member);
        if (ending) {
            group.ending.add(member.run());
        }
    }

    /** A run that was told to wait by the leader before. */
    public void waiting(GroupMember member) {
        group(member).waiting.add(member);
    }

    private Group group(GroupMember member) {
        members.put(member.run(), member);
        changed.add(member.group());
        return groups.computeIfAbsent(member.group(), _ -> new Group());
    }

    /** A group is there as long as it has members. */
    private Group groupOf(GroupMember member) {
        return Objects.requireNonNull(groups.get(member.group()), "no group of a member");
    }

    /** Whether the run waits for a place. */
    public boolean isWaiting(RunId run) {
        var member = members.get(run);
        return member != null && groupOf(member).waiting.contains(member);
    }

    /** Whether the run has a place or waits for one. */
    public boolean contains(RunId run) {
        return members.containsKey(run);
    }

    /** Decides about a run that has not been seen before. */
    public Arrival arrive(GroupMember member) {
        if (contains(member.run())) {
            throw new IllegalStateException("run " + member.run() + " has come to its group already");
        }
        var group = groups.computeIfAbsent(member.group(), _ -> new Group());
        return switch (member.rule().onConflict()) {
            case ALLOW -> {
                active(member, false);
                yield arrival(Fate.STARTS);
            }
            case QUEUE -> enter(group, member, List.of(), List.of());
            case QUEUE_FIRST ->
                group.waiting.isEmpty()
                        ? enter(group, member, List.of(), List.of())
                        : turnedAway(Fate.SKIPPED, group, member);
            case QUEUE_LATEST -> enter(group, member, List.of(), supersede(group));
            case SKIP ->
                group.isFullFor(member)
                        ? turnedAway(Fate.SKIPPED, group, member)
                        : enter(group, member, List.of(), List.of());
            case FAIL ->
                group.isFullFor(member)
                        ? turnedAway(Fate.FAILED, group, member)
                        : enter(group, member, List.of(), List.of());
            case CANCEL_RUNNING -> enter(group, member, oldest(group, member), supersede(group));
        };
    }

    private Arrival enter(Group group, GroupMember member, List<GroupMember> cancelled, List<GroupMember> superseded) {
        waiting(member);
        boolean first = group.waiting.first().equals(member);
        if (first && group.hasPlaceFor(member)) {
            start(group, member);
            return new Arrival(Fate.STARTS, "", cancelled, superseded);
        }
        return new Arrival(Fate.WAITS, "", cancelled, superseded);
    }

    private static Arrival arrival(Fate fate) {
        return new Arrival(fate, "", List.of(), List.of());
    }

    private static Arrival turnedAway(Fate fate, Group group, GroupMember member) {
        var who = group.hasPlaceFor(member)
                ? runs(group.waiting) + (group.waiting.size() == 1 ? " waits" : " wait") + " already"
                : runs(group.active.values())
                        + (group.active.size() == 1 ? " is active" : " are active")
                        + (group.waiting.isEmpty() || member.rule().onConflict() != OnConflict.QUEUE_FIRST
                                ? ""
                                : " and " + runs(group.waiting) + (group.waiting.size() == 1 ? " waits" : " wait"));
        return new Arrival(
                fate,
                "group " + member.group().group() + " is full: " + who + " ("
                        + member.rule().onConflict().setting() + ")",
                List.of(),
                List.of());
    }

    private List<GroupMember> supersede(Group group) {
        var superseded = List.copyOf(group.waiting);
        group.waiting.clear();
        superseded.forEach(member -> members.remove(member.run()));
        return superseded;
    }

    /** The oldest active runs that have to end before there is a place, without those that end anyway. */
    private static List<GroupMember> oldest(Group group, GroupMember member) {
        int needed =
                group.active.size() - group.ending.size() + 1 - member.rule().max();
        var oldest = group.active.values().stream()
                .filter(active -> !group.ending.contains(active.run()))
                .limit(Math.max(0, needed))
                .toList();
        oldest.forEach(active -> group.ending.add(active.run()));
        return oldest;
    }

    private static void start(Group group, GroupMember member) {
        group.waiting.remove(member);
        group.active.put(member.run(), member);
    }

    /** The run has a place and will end without being asked: its verdict is fixed. */
    public void ending(RunId run) {
        var member = members.get(run);
        if (member != null && groupOf(member).active.containsKey(run)) {
            groupOf(member).ending.add(run);
        }
    }

    /**
     * The run has ended, or does not wait any more.
     *
     * @return those that have a place now, to be started in this order
     */
    public List<GroupMember> ended(RunId run) {
        var member = members.remove(run);
        if (member == null) {
            return List.of();
        }
        var group = groupOf(member);
        group.active.remove(run);
        group.ending.remove(run);
        group.waiting.remove(member);
        changed.add(member.group());
        var started = fill(group);
        if (group.active.isEmpty() && group.waiting.isEmpty()) {
            groups.remove(member.group());
        }
        return started;
    }

    /** Once a new leader has told all it found: those that were told to wait and have a place now. */
    public List<GroupMember> fill() {
        var started = new ArrayList<GroupMember>();
        groups.values().forEach(group -> started.addAll(fill(group)));
        started.sort(java.util.Comparator.comparing(GroupMember::run));
        return started;
    }

    private static List<GroupMember> fill(Group group) {
        var started = new ArrayList<GroupMember>();
        while (!group.waiting.isEmpty() && group.hasPlaceFor(group.waiting.first())) {
            var first = group.waiting.first();
            start(group, first);
            started.add(first);
        }
        return started;
    }

    /** Whether {@link #takeChanged} would give something. */
    public boolean hasChanged() {
        return !changed.isEmpty();
    }

    /** At most so many groups that changed since they were taken last. */
    public List<GroupName> takeChanged(int most) {
        var taken = changed.stream().limit(most).toList();
        taken.forEach(changed::remove);
        return taken;
    }

    /** In words, what those that wait in a group wait for; empty when nobody does. */
    public Optional<String> words(GroupName name) {
        var group = groups.get(name);
        if (group == null || group.waiting.isEmpty()) {
            return Optional.empty();
        }
        int max = group.waiting.first().rule().max();
        return Optional.of(waits(name) + ": " + group.active.size() + " of " + max + " taken by "
                + runs(group.active.values())
                + (group.waiting.size() == 1 ? "" : String.format(Locale.ROOT, "; %,d wait", group.waiting.size())));
    }

    /** In words, what a run of the group waits for, without saying who has it. */
    public static String waits(GroupName name) {
        return "waits for a place in group " + name.group();
    }

    private static String runs(Collection<GroupMember> members) {
        var first = members.stream()
                .limit(NAMES)
                .map(member -> "run " + member.run() + " (" + member.workflow() + ")")
                .toList();
        return Reasons.names(first, members.size());
    }
}
