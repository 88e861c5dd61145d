package dev.dagkeeper.master;

import dev.dagkeeper.history.DatasetWrites.Unseen;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.RecordedEvent;
import dev.dagkeeper.workflow.DatasetEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which triggers wait for which datasets, and up to which event they have heard. As long as there are none, events are not read. Not
 * thread-safe: the leader's.
 */
final class DatasetTriggers {
    /** Events that are read at once. */
    private static final int PAGE = 5_000;

    /** What the expressions of a run see of its events: so many, the newest, and so many characters of JSON. */
    private static final int MOST_EVENTS = 1_000;

    private static final int MOST_CHARACTERS = 256 << 10;

    private static final long NOTHING_READ = -1;

    private final LeaderStore store;
    private final Map<String, Set<LedTrigger>> byUri = new HashMap<>();
    private final List<LedTrigger> added = new ArrayList<>();
    private long last = NOTHING_READ;

    DatasetTriggers(LeaderStore store) {
        this.store = store;
    }

    /** To be told of what comes from now on, and with {@link #readUnseen} of what is there already. */
    void add(LedTrigger trigger) {
        added.add(trigger);
        for (var uri : trigger.updates().uris()) {
            byUri.computeIfAbsent(uri, _ -> new LinkedHashSet<>()).add(trigger);
        }
    }

    void remove(LedTrigger trigger) {
        added.remove(trigger);
        for (var uri : trigger.updates().uris()) {
            var waiting = byUri.get(uri);
            if (waiting != null) {
                waiting.remove(trigger);
                if (waiting.isEmpty()) {
                    byUri.remove(uri);
                }
            }
        }
    }

    /** Reads what is there for those that were added, and returns them. */
    List<LedTrigger> readUnseen() {
        if (added.isEmpty()) {
            return List.of();
        }
        if (last == NOTHING_READ) {
            last = store.lastDatasetEvent();
        }
        var asked = new HashMap<Long, Unseen>();
        for (var trigger : added) {
            trigger.heardUpTo(last);
            asked.put(trigger.row().id(), trigger.unseen());
        }
        var found = store.unseen(asked);
        for (var trigger : added) {
            found.getOrDefault(trigger.row().id(), List.of())
                    .forEach(one -> trigger.updates().add(one.uri(), one.first(), one.last()));
        }
        var all = List.copyOf(added);
        added.clear();
        return all;
    }

    /** Reads what is new, and returns for whom it is. */
    Set<LedTrigger> hear() {
        var concerned = new LinkedHashSet<LedTrigger>();
        if (byUri.isEmpty() || last == NOTHING_READ) {
            return concerned;
        }
        List<RecordedEvent> page;
        do {
            page = store.datasetEvents(last, PAGE);
            for (var event : page) {
                last = event.id();
                for (var trigger : byUri.getOrDefault(event.uri(), Set.of())) {
                    if (!event.at().isBefore(trigger.row().since())) {
                        trigger.updates().add(event.uri(), event.at());
                        trigger.heardUpTo(event.id());
                        concerned.add(trigger);
                    }
                }
            }
        } while (page.size() == PAGE);
        return concerned;
    }

    /** What the run for these events is to see of them: the newest, oldest first. */
    List<DatasetEvent> events(Unseen which) {
        var events = store.unseenEvents(which, MOST_EVENTS);
        int left = MOST_CHARACTERS;
        int from = events.size();
        while (from > 0 && left > 0) {
            left -= events.get(from - 1).toJson().toString().length();
            if (left >= 0) {
                from--;
            }
        }
        return List.copyOf(events.subList(from, events.size()));
    }
}
