package dev.dagkeeper.master;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.run.ConcurrencyGroups;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.workflow.Demand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes known what waiting steps wait for, by demand and not by step, and waiting runs, by concurrency group and not by run: soon after something could not be placed, then once a
 * second at most while things change, and a bounded number of demands each time. So a round costs nothing for it, however
 * many steps wait, and with nothing changing nothing is written. Not thread-safe: the leader's.
 */
final class Waits {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** What waits for less is not worth a write. */
    private static final Duration PATIENCE = Duration.ofMillis(250);

    /** Demands, and groups, explained at a time. */
    private static final int MOST = 200;

    private final LeaderStore store;
    private final long epoch;
    private final Placing placing;
    private final WaitReason reasons;
    private final ConcurrencyGroups groups;
    private final Map<Demand, String> told = new LinkedHashMap<>();
    private final Map<GroupName, String> toldGroups = new HashMap<>();
    private boolean anew = true;
    private boolean changed = true;
    private long next;
    private int begin;

    Waits(LeaderStore store, Term term, Placing placing, long nanoTime) {
        this.store = store;
        epoch = term.epoch();
        groups = term.groups();
        this.placing = placing;
        reasons = new WaitReason(term.fleet(), term.pools(), placing);
        next = nanoTime;
    }

    /**
     * A round has placed what it could, so that it is known what is blocked.
     *
     * @param happened whether something was heard or placed in it that may have changed what steps wait for; without that
     *     too a step may have become ready, because its time had come
     */
    void placed(boolean happened, long nanoTime) {
        int blocked = placing.blocked().size();
        if (!changed && (groups.hasChanged() || (happened ? blocked + told.size() > 0 : blocked != told.size()))) {
            changed = true;
            next = Math.max(next, nanoTime + PATIENCE.toNanos());
        }
    }

    /** How long until {@link #tell} has something to do. */
    Duration untilDue(long nanoTime, Duration atMost) {
        return changed ? Duration.ofNanos(Math.max(0, next - nanoTime)) : atMost;
    }

    /**
     * Writes what changed, if it is time.
     *
     * @throws TermEndedException when the epoch is over
     */
    void tell(long nanoTime) {
        if (!changed || next - nanoTime > 0) {
            return;
        }
        next = nanoTime + PAUSE.toNanos();
        var over = told.keySet().stream()
                .filter(demand -> !placing.blocked().containsKey(demand))
                .toList();
        var news = news();
        var written = new LinkedHashMap<String, String>();
        news.forEach((demand, reason) -> written.put(demand.key(), reason));
        var keysOver = new ArrayList<>(over.stream().map(Demand::key).toList());
        newsOfGroups(written, keysOver);
        if (anew || !keysOver.isEmpty() || !written.isEmpty()) {
            if (!store.explain(epoch, anew, written, keysOver)) {
                throw new TermEndedException("reasons were refused: epoch " + epoch + " is over");
            }
            anew = false;
            over.forEach(told::remove);
            told.putAll(news);
        }
    }

    /** What is known of groups from now on; the term ends if it cannot be written. */
    private void newsOfGroups(Map<String, String> written, List<String> over) {
        for (var name : groups.takeChanged(MOST)) {
            var words = groups.words(name);
            if (words.isEmpty()) {
                if (toldGroups.remove(name) != null) {
                    over.add(name.key());
                }
            } else if (!words.get().equals(toldGroups.put(name, words.get()))) {
                written.put(name.key(), words.get());
            }
        }
        changed |= groups.hasChanged();
    }

    /** The reasons that are not known yet, of as many demands as are looked at once; the others come next time. */
    private Map<Demand, String> news() {
        var blocked = new ArrayList<>(placing.blocked().keySet());
        int looked = Math.min(MOST, blocked.size());
        var news = new LinkedHashMap<Demand, String>();
        for (int i = 0; i < looked; i++) {
            var demand = blocked.get((begin + i) % blocked.size());
            var reason = reasons.of(demand);
            if (!reason.equals(told.get(demand))) {
                news.put(demand, reason);
            }
        }
        changed = looked < blocked.size();
        begin = blocked.isEmpty() ? 0 : (begin + looked) % blocked.size();
        return news;
    }
}
