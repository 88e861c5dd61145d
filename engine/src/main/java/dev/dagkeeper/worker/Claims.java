package dev.dagkeeper.worker;

import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.queue.Inbox;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.worker.WorkerSignal.Answered;
import dev.dagkeeper.worker.WorkerSignal.Arrived;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The items of an inbox on their way to being claimed: those that wait for a slot, those whose claim is not answered yet,
 * and those of which nobody knows until they are looked up. Not thread-safe.
 */
final class Claims {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);
    private static final int BATCH = 50;

    /** When an item whose step is still locked is tried again. */
    private static final Duration SHORTLY = Duration.ofMillis(100);

    private final TreeSet<Item> waiting = new TreeSet<>();
    private final Set<Item> claiming = new HashSet<>();
    private final Set<Item> uncertain = new HashSet<>();
    private final Consumer<WorkerSignal> signals;
    private final Delays delays;

    Claims(Consumer<WorkerSignal> signals, Delays delays) {
        this.signals = signals;
        this.delays = delays;
    }

    void arrived(Item item) {
        if (!claiming.contains(item) && !uncertain.contains(item)) {
            waiting.add(item);
        }
    }

    void gone(Item item) {
        waiting.remove(item);
    }

    /** What lies in the inbox is not known any more. */
    void forgetWaiting() {
        waiting.clear();
    }

    /** Another incarnation: its session's end gave back whatever the one before had claimed. */
    void forgetAll() {
        waiting.clear();
        claiming.clear();
        uncertain.clear();
    }

    /** Whether no claim is on its way or of unknown outcome. */
    boolean areSettled() {
        return claiming.isEmpty() && uncertain.isEmpty();
    }

    /** How many claims are not answered yet. */
    int underWay() {
        return claiming.size();
    }

    /** Claims the first of those that wait, at most so many. */
    void send(Inbox inbox, int slots) {
        int free = slots;
        while (free > 0 && !waiting.isEmpty()) {
            var batch = new ArrayList<Item>();
            while (batch.size() < Math.min(free, BATCH) && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            send(inbox, batch);
            free -= batch.size();
        }
    }

    private void send(Inbox inbox, List<Item> batch) {
        claiming.addAll(batch);
        inbox.claim(batch, result -> signals.accept(new Answered(inbox, List.copyOf(batch), result)));
    }

    /**
     * Takes the answer to a claim.
     *
     * @return those of the items that are claimed now
     */
    List<Item> answered(Inbox inbox, List<Item> items, MultiResult result) {
        items.forEach(claiming::remove);
        return switch (result) {
            case MultiResult.Done() -> items;
            case MultiResult.Unknown _ -> {
                uncertain.addAll(items);
                yield List.of();
            }
            case MultiResult.Refused refused -> {
                afterRefusal(inbox, items, refused);
                yield List.of();
            }
        };
    }

    private void afterRefusal(Inbox inbox, List<Item> items, MultiResult.Refused refused) {
        int failed = Inbox.refusedItem(refused);
        if (failed < 0) {
            return; // This incarnation is over; SessionLost is on its way.
        }
        // The other items of the batch were not claimed either. The one that failed was withdrawn, or its step is still
        // locked by a holder that has lost its claim and will soon notice.
        var rest = new ArrayList<>(items);
        var item = rest.remove(failed);
        if (refused.cause() == Code.NODEEXISTS) {
            log.warn("step is still locked, tried again shortly step={} claim={}", item.key(), item.claim());
            delays.add(SHORTLY, new Arrived(item));
        }
        if (!rest.isEmpty()) {
            send(inbox, rest);
        }
    }

    /**
     * Looks up the claims whose outcome is not known.
     *
     * @return those that turn out to be claimed
     */
    List<Item> resolve(Inbox inbox) {
        var claimed = new ArrayList<Item>();
        for (var item : List.copyOf(uncertain)) {
            if (inbox.heldClaim(item.key()).equals(Optional.of(item.claim()))) {
                claimed.add(item);
            }
        }
        uncertain.clear();
        return claimed;
    }
}
