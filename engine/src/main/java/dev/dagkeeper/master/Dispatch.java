package dev.dagkeeper.master;

import dev.dagkeeper.queue.Item;
import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.queue.Outbox.Sending;
import dev.dagkeeper.queue.StopNote;
import dev.dagkeeper.run.Change;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.workflow.Demand;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gives out what is ready in a {@link Term}, and has ended what is to be ended: first in memory, so that it is written, and
 * to the workers only afterwards. Not thread-safe: the leader's.
 */
final class Dispatch {
    private final Term term;
    private final Outbox outbox;
    private final LeaderMetrics metrics;
    private final Consumer<Signal> signals;
    private final Placing placing;
    private final List<Told> notes = new ArrayList<>();
    private final Deque<Item> withdrawn = new ArrayDeque<>();

    private record Told(StopNote note, String incarnation) {}

    /** @param signals takes, from other threads, that something did not arrive */
    Dispatch(Term term, Outbox outbox, LeaderMetrics metrics, Consumer<Signal> signals) {
        this.term = term;
        this.outbox = outbox;
        this.metrics = metrics;
        this.signals = signals;
        placing = new Placing(term.backlog(), term.fleet(), term.pools());
    }

    Placing placing() {
        return placing;
    }

    /** Gives ready steps to workers that have room, in memory and in the batch; they are sent once that is written. */
    List<Sending> place(Instant now) throws InterruptedException {
        var sendings = new ArrayList<>(placeReady(now));
        if (takeFromBusy(now)) {
            sendings.addAll(placeReady(now));
        }
        return sendings;
    }

    /** As {@link #place}, without taking anything from a worker. */
    List<Sending> placeReady(Instant now) {
        var sendings = new ArrayList<Sending>();
        var target = new Placing.Target() {
            @Override
            public boolean isWaiting(Item item) {
                return term.isReady(item);
            }

            @Override
            public void place(Item item, Demand demand, FleetWorker worker) {
                var name = worker.member().info().name();
                term.find(item.key().run())
                        .ifPresent(run -> term.decide(run, new Event.Placed(item.key(), item.claim(), name), now));
                term.fleet().assign(worker.incarnation(), item.key(), demand);
                sendings.add(new Sending(item, worker.incarnation()));
            }
        };
        placing.round(now, target);
        return sendings;
    }

    /** With nothing left to place, a worker with a free slot gets what waits behind the slots of a busy one. */
    private boolean takeFromBusy(Instant now) throws InterruptedException {
        var misplaced = term.fleet().misplaced(term::isQueued, term.backlog()::has);
        if (misplaced.isEmpty()) {
            return false;
        }
        var back = outbox.withdraw(
                misplaced.stream().flatMap(key -> sending(key).stream()).toList());
        back.forEach(item -> term.takenBack(item, now));
        return !back.isEmpty();
    }

    /** The item of a step that lies in some inbox, as far as the term knows. */
    private Optional<Sending> sending(StepKey key) {
        return term.find(key.run())
                .flatMap(run -> term.fleet()
                        .holder(key)
                        .map(incarnation -> new Sending(
                                new Item(
                                        run.active().priority(key.step()),
                                        key,
                                        run.active().claim(key),
                                        run.active().attempt(key)),
                                incarnation)));
    }

    /** Sends what was placed, and asks for the end of what is to be ended. To be called after {@link Term#write}. */
    void send(List<Sending> sendings) throws InterruptedException {
        if (!sendings.isEmpty()) {
            metrics.dispatched(sendings.size());
            outbox.send(sendings, failure -> signals.accept(new Signal.NotSent(failure)));
        }
        var stops = term.takeStops();
        if (!stops.isEmpty()) {
            stop(stops);
        }
        notes.forEach(told -> outbox.stop(told.note(), told.incarnation()));
        notes.clear();
    }

    private void stop(List<Change.StopRequested> requests) throws InterruptedException {
        var queued = new ArrayList<Sending>();
        for (var request : requests) {
            if (term.isQueued(request.key())) {
                sending(request.key()).ifPresent(queued::add);
            }
        }
        var back = outbox.withdraw(queued);
        withdrawn.addAll(back);
        var backKeys = new HashSet<StepKey>();
        back.forEach(item -> backKeys.add(item.key()));
        for (var request : requests) {
            if (!backKeys.contains(request.key())) {
                tellHolder(request.key(), request.claim(), request.kill());
            }
        }
    }

    /** Puts a note into the inbox of the worker that has the step. */
    private void tellHolder(StepKey key, int claim, boolean kill) {
        term.fleet().holder(key).ifPresent(incarnation -> outbox.stop(new StopNote(key, claim, kill), incarnation));
    }

    /**
     * Has a note put into an inbox once everything decided so far is written: what only memory knows may still be
     * forgotten, and a step that was ended for it would have ended for nothing.
     */
    void tellAfterWriting(StopNote note, String incarnation) {
        notes.add(new Told(note, incarnation));
    }

    /** Whether something came of asking for steps to be ended. */
    boolean hasFollowUps() {
        return !withdrawn.isEmpty();
    }

    /** Decides what came of asking for steps to be ended. */
    void followUp(Instant now) {
        for (var item = withdrawn.poll(); item != null; item = withdrawn.poll()) {
            term.takenBack(item, now);
        }
    }

    /**
     * Sent items did not simply arrive.
     *
     * @return whether everything must be looked up
     */
    boolean notSent(Outbox.Failure failure, Instant now) {
        return switch (failure) {
            case Outbox.Failure.Deposed() -> throw new TermEndedException("another leader has put up its fence");
            case Outbox.Failure.Unknown _ -> true;
            case Outbox.Failure.Undeliverable(var items) -> {
                items.forEach(item -> term.takenBack(item, now));
                yield false;
            }
        };
    }
}
