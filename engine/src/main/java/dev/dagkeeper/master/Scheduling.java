package dev.dagkeeper.master;

import dev.dagkeeper.history.DatasetWrites.Consumed;
import dev.dagkeeper.history.FireWrites.FireChange;
import dev.dagkeeper.history.FireWrites.NewFire;
import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunState;
import dev.dagkeeper.schedule.FireOutcome;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.schedule.Timetable;
import dev.dagkeeper.workflow.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what fires. Alarms say when to look; what is due is decided from the cursor of each trigger, so that an alarm too many, too
 * early or none at all changes nothing. A fire, its run and the cursor behind it are written in one transaction. Not
 * thread-safe: the leader's.
 */
final class Scheduling implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Scheduling.class);

    /** Fires of one round at most, and steps of their runs, so that other work is not held up. */
    private static final int FIRES = 300;

    private static final int STEPS = 20_000;

    /** Triggers that are read at once. */
    private static final int PAGE = 5_000;

    /** So much later than its time an alarm does not come any more. */
    private static final Duration ALARM_IS_LOST = Duration.ofSeconds(5);

    private final LeaderStore store;
    private final Term term;
    private final TakingUp takingUp;
    private final FiredRuns runs;
    private final Alarms alarms;
    private final ScheduleMetrics metrics;
    private final Map<Long, LedTrigger> triggers = new HashMap<>();
    private final Map<Name, LedTrigger> byName = new HashMap<>();
    private final DatasetTriggers datasets;
    private final Set<LedTrigger> due = new LinkedHashSet<>();
    private final PriorityQueue<Early> early = new PriorityQueue<>(Comparator.comparing(Early::due));
    private long lastChange;
    private boolean hasRead;

    Scheduling(
            LeaderStore store, Term term, TakingUp takingUp, FiredRuns runs, Alarms alarms, ScheduleMetrics metrics) {
        this.store = store;
        this.term = term;
        this.takingUp = takingUp;
        this.runs = runs;
        this.alarms = alarms;
        this.metrics = metrics;
        this.datasets = new DatasetTriggers(store);
    }

    private record Name(String namespace, String workflow, String trigger) {
        static Name of(StoredTrigger row) {
            return new Name(row.namespace(), row.workflow(), row.name());
        }
    }

    /** An alarm that came before its time. */
    private record Early(Instant due, long trigger) {}

    /** Takes in what has changed; at first that is everything. */
    void read(Instant now) {
        // Many triggers have the same schedule: it is parsed once.
        var schedules = new HashMap<String, Optional<Schedule>>();
        boolean more;
        do {
            more = readPage(schedules, now);
        } while (more);
        datasets.readUnseen().forEach(trigger -> follow(trigger, now));
        hasRead = true;
    }

    /** Takes in some of what has changed. */
    void readPage(Instant now) {
        readPage(new HashMap<>(), now);
    }

    /** Returns whether there may be more. */
    private boolean readPage(Map<String, Optional<Schedule>> schedules, Instant now) {
        var page = store.triggers(lastChange, PAGE);
        for (var row : page) {
            schedules
                    .computeIfAbsent(row.schedule(), json -> parse(row))
                    .ifPresentOrElse(schedule -> take(row, schedule, now), () -> drop(row));
            lastChange = row.change();
        }
        return page.size() == PAGE;
    }

    /** Events of datasets have been written. */
    void hear(Instant now) {
        datasets.hear().forEach(trigger -> follow(trigger, now));
    }

    /** There is other news of a trigger on datasets: it is due, or will be if nothing else comes. */
    private void follow(LedTrigger trigger, Instant now) {
        if (trigger.isDue(now)) {
            due.add(trigger);
            return;
        }
        trigger.toBeWoken(now)
                .ifPresent(
                        at -> alarms.set(trigger.row().id(), trigger.timetable().once(at), now));
    }

    private static Optional<Schedule> parse(StoredTrigger row) {
        try {
            return Optional.of(ScheduleJson.read(row.schedule()));
        } catch (IllegalArgumentException e) {
            log.error(
                    "trigger does not fire, its schedule is not understood workflow={}/{} trigger={}",
                    row.namespace(),
                    row.workflow(),
                    row.name(),
                    e);
            return Optional.empty();
        }
    }

    private void take(StoredTrigger row, Schedule schedule, Instant now) {
        var before = triggers.get(row.id());
        var timetable = Timetable.of(schedule, row.namespace() + "/" + row.workflow(), row.name());
        if (row.removedAt().isPresent()) {
            drop(row);
            var last = before == null ? LedTrigger.of(row, timetable, Optional.empty()) : before;
            look(last.removed(row.removedAt().get()), now);
            return;
        }
        if (before != null && row.since().isAfter(before.row().since())) {
            look(before.until(row.since()), now);
        }
        var earlier = Optional.ofNullable(before)
                .flatMap(seen -> seen.row().pausedAt())
                .filter(_ -> row.pausedAt().isEmpty());
        var trigger = LedTrigger.of(before == null ? row : row.with(before.known()), timetable, earlier);
        triggers.put(row.id(), trigger);
        byName.put(Name.of(row), trigger);
        if (before != null) {
            due.remove(before);
            forget(before);
        }
        if (trigger.isOnDatasets()) {
            datasets.add(trigger);
            return;
        }
        if (trigger.isHeld() || timetable.fires().next(trigger.cursor()).isEmpty()) {
            alarms.remove(row.id());
        } else {
            // What is due by now is looked at below, and needs none.
            var due = now.minus(schedule.jitter());
            alarms.set(row.id(), timetable, due.isAfter(trigger.cursor()) ? due : trigger.cursor());
        }
        look(trigger, now);
    }

    private void drop(StoredTrigger row) {
        var before = triggers.remove(row.id());
        byName.remove(Name.of(row));
        if (before != null) {
            due.remove(before);
            alarms.remove(row.id());
            forget(before);
        }
    }

    private void forget(LedTrigger trigger) {
        if (trigger.isOnDatasets()) {
            datasets.remove(trigger);
        }
    }

    private boolean look(LedTrigger trigger, Instant now) {
        return trigger.isDue(now) && due.add(trigger);
    }

    /** An alarm went. */
    void fired(long id, Instant now) {
        var trigger = triggers.get(id);
        if (trigger != null && trigger.isOnDatasets()) {
            trigger.woken();
            follow(trigger, now);
        } else if (trigger != null && !look(trigger, now)) {
            trigger.nextStart()
                    .filter(start -> start.isAfter(now) && start.isBefore(now.plus(ALARM_IS_LOST)))
                    .ifPresent(start -> early.add(new Early(start, id)));
        }
    }

    /** Looks at everything: what is paused has no alarms, and an alarm may not have come. */
    void sweep(Instant now) {
        var lost = now.minus(ALARM_IS_LOST);
        for (var trigger : triggers.values()) {
            boolean paused = trigger.isHeld();
            if ((paused || trigger.isDue(lost)) && look(trigger, now) && !paused) {
                metrics.caughtByTheNet();
            }
        }
    }

    /** How long there is nothing to do, at most {@code limit}. */
    Duration untilDue(Instant now, Duration limit) {
        if (!due.isEmpty()) {
            return Duration.ZERO;
        }
        var first = early.peek();
        if (first == null) {
            return limit;
        }
        var wait = Duration.between(now, first.due());
        return wait.compareTo(limit) < 0 ? wait : limit;
    }

    /** Decides and writes some of what is due, and takes the new runs up. */
    void round(Instant now) {
        for (var first = early.peek(); first != null && !first.due().isAfter(now); first = early.peek()) {
            fired(early.remove().trigger(), now);
        }
        if (due.isEmpty()) {
            return;
        }
        var fires = new ArrayList<NewFire>();
        int steps = 0;
        while (!due.isEmpty() && fires.size() < FIRES && steps < STEPS) {
            var trigger = due.iterator().next();
            due.remove(trigger);
            var taken = take(trigger, FIRES - fires.size(), now);
            taken.forEach(fire -> metrics.decided(fire, trigger.timetable().startAt(fire.fire())));
            fires.addAll(taken);
            steps += taken.stream()
                    .flatMap(fire -> fire.run().stream())
                    .mapToInt(run -> run.steps().size())
                    .sum();
        }
        fires.forEach(term.batch()::addFire);
        term.write();
        // By what is stored: a fire that had its row already has no new run.
        takingUp.fresh(now);
    }

    /** Some of its fires; behind all others when there are more. */
    private List<NewFire> take(LedTrigger trigger, int most, Instant now) {
        if (trigger.isOnDatasets()) {
            return List.of(takeUpdates(trigger, now));
        }
        var fires = trigger.take(most, now).stream()
                .map(decided -> runs.fire(trigger, decided, now))
                .toList();
        if (trigger.hasProgress()) {
            write(trigger);
        }
        look(trigger, now);
        return fires;
    }

    /** One fire for all updates that are known; they are consumed with it. */
    private NewFire takeUpdates(LedTrigger trigger, Instant now) {
        var unseen = trigger.unseen();
        var events = datasets.events(unseen);
        var fire = runs.fire(trigger, trigger.fire(now), events, now);
        write(trigger);
        term.batch()
                .addConsumed(new Consumed(
                        fire.workflowId(),
                        fire.trigger(),
                        fire.fire(),
                        fire.run().map(run -> run.header().id()),
                        unseen));
        return fire;
    }

    private void write(LedTrigger trigger) {
        var written = trigger.written();
        var current = triggers.get(trigger.row().id());
        if (trigger.isRemainder() && current != null) {
            // What is left of an earlier schedule has not heard of the runs that ended since.
            written = current.written().atLeast(written.progress());
        }
        term.batch().addProgress(written);
    }

    /** A run has ended; counted in the transaction that writes it. */
    void ended(RunHeader header, RunState state, Instant now) {
        if (!hasRead && !header.facts().trigger().isEmpty()) {
            // A new leader takes up runs, some of which end by that, before it looks at what fires.
            read(now);
        }
        var trigger = trigger(header);
        if (trigger == null) {
            return;
        }
        boolean held = trigger.isHeld();
        if (trigger.ended(state, now) && trigger.hasProgress()) {
            write(trigger);
        }
        if (!held && trigger.isHeld()) {
            log.warn(
                    "trigger paused itself workflow={} trigger={}",
                    header.facts().workflow(),
                    trigger.row().name());
            alarms.remove(trigger.row().id());
            trigger.known()
                    .ifPresent(progress -> term.batch().addAlert(PauseAlert.of(trigger.row(), progress, header, now)));
        }
    }

    private @Nullable LedTrigger trigger(RunHeader header) {
        var facts = header.facts();
        return facts.trigger().isEmpty()
                ? null
                : byName.get(new Name(header.namespace(), facts.workflow(), facts.trigger()));
    }

    /** A run that was created for a fire, but waited, was started or turned away; written with the next round. */
    void outcome(RunHeader header, FireOutcome outcome, String reason, Instant now) {
        var facts = header.facts();
        if (!facts.trigger().isEmpty()) {
            term.batch()
                    .addFireChange(new FireChange(
                            header.namespace(), facts.workflow(), facts.trigger(), facts.time(), outcome, reason, now));
        }
    }

    /** How many triggers fire, paused ones included. */
    int size() {
        return triggers.size();
    }

    @Override
    public void close() {
        alarms.close();
    }
}
