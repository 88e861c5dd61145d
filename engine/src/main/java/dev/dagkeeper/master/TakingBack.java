package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.history.RunWrites.LostAttempt;
import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.run.StepState;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes steps back from workers that are gone or get nothing new, so that others get them. Not thread-safe: the leader's. */
final class TakingBack {
    private static final Logger log = LoggerFactory.getLogger(TakingBack.class);

    private final Coordination zooKeeper;
    private final Outbox outbox;
    private final Term term;
    private final LeaderMetrics metrics;

    TakingBack(LeaderStores stores, Term term, LeaderMetrics metrics) {
        zooKeeper = stores.zooKeeper();
        outbox = stores.outbox();
        this.term = term;
        this.metrics = metrics;
    }

    /** A claim certainly has no item, no lock and no result. */
    void lose(StepKey key, int claim, Instant now) {
        term.find(key.run()).ifPresent(run -> {
            var active = run.active();
            var worker = active.worker(key);
            boolean returned = active.state(key) == StepState.QUEUED
                    || term.fleet()
                            .isHolderAlive(key)
                            .orElseGet(
                                    () -> worker.filter(term.fleet()::isAlive).isPresent());
            boolean given = term.fleet().isHolderStopping(key);
            log.warn("claim lost step={} claim={} worker={}", key, claim, worker.orElse(""));
            metrics.lost();
            term.fleet().release(key);
            term.batch()
                    .addLost(new LostAttempt(
                            key,
                            claim,
                            active.attempt(key),
                            worker,
                            now,
                            "worker " + worker.orElse("unknown")
                                    + (given ? " was stopped and gave it back" : " went without a result")));
            term.decide(run, new Event.Lost(key, claim, returned), now);
        });
    }

    /** Takes back what lies in the inboxes of workers that are gone. Their locks go by themselves. */
    void workersLeft(List<String> gone, Instant now) throws InterruptedException {
        for (var incarnation : gone) {
            var names = zooKeeper.children(Paths.inbox(incarnation));
            // Whatever else lies there keeps the inbox from being removed.
            names.stream()
                    .filter(name -> Item.find(name).isEmpty())
                    .forEach(name -> outbox.remove(Paths.inbox(incarnation) + "/" + name));
            log.info("worker gone worker={} items={}", incarnation, takeBack(incarnation, names, now));
            outbox.removeInbox(incarnation);
        }
    }

    /**
     * Takes back what lies in the inboxes of workers that get nothing new. What was sent to them before arrives before they
     * are listed, since it goes through the same session.
     */
    void emptyInboxes(Set<String> closed, Instant now) throws InterruptedException {
        for (var incarnation : closed) {
            int items = takeBack(incarnation, zooKeeper.children(Paths.inbox(incarnation)), now);
            if (items > 0) {
                log.info("worker takes nothing new worker={} items={}", incarnation, items);
            }
        }
    }

    private int takeBack(String incarnation, List<String> names, Instant now) throws InterruptedException {
        var sendings = names.stream()
                .flatMap(name -> Item.find(name).stream())
                .map(item -> new Sending(item, incarnation))
                .toList();
        for (var item : outbox.withdraw(sendings)) {
            term.takenBack(item, now);
        }
        return sendings.size();
    }
}
