package dev.dagkeeper.master;

import dev.dagkeeper.history.LeaderStore;
import dev.dagkeeper.history.LeaderStore.PastQuestion;
import dev.dagkeeper.run.Event;
import dev.dagkeeper.run.Past;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Steps with {@code depends-on-past} that are ready but for the run of the fire before. The store is asked when such a step
 * becomes ready, and again when that run, another of the same fire, or the same step in one of them has ended: nothing is
 * polled. A new leader asks again about all. Not thread-safe: the leader's.
 */
final class PastGates {
    private final Set<Gate> asked = new LinkedHashSet<>();
    private final Map<RunId, Led> runs = new HashMap<>();
    private final Map<Series, TreeMap<Instant, Set<RunId>>> bySeries = new HashMap<>();

    private record Gate(RunId run, int step) {}

    private record Series(String namespace, String workflow, String trigger) {
        static Series of(RunHeader header) {
            return new Series(header.namespace(), header.facts().workflow(), header.series());
        }
    }

    private static final class Led {
        final Set<Integer> open = new HashSet<>();

        /** By step, the fire whose run it waits for. */
        final Map<Integer, Instant> held = new HashMap<>();
    }

    /** Whether a step may be placed. When that is not known, it is asked about. */
    boolean isOpen(LedRun run, int step) {
        var header = run.active().header();
        if (header.series().isEmpty()
                || !run.active().workflow().steps().get(step).dependsOnPast()) {
            return true;
        }
        var led = runs.computeIfAbsent(header.id(), _ -> enter(header));
        if (!led.open.contains(step) && !led.held.containsKey(step)) {
            asked.add(new Gate(header.id(), step));
        }
        return led.open.contains(step);
    }

    private Led enter(RunHeader header) {
        bySeries.computeIfAbsent(Series.of(header), _ -> new TreeMap<>())
                .computeIfAbsent(header.facts().time(), _ -> new HashSet<>())
                .add(header.id());
        return new Led();
    }

    /** A run has ended, or a step of it that others may wait for. */
    void ended(RunHeader header, boolean whole) {
        if (header.series().isEmpty()) {
            return;
        }
        if (whole) {
            forget(header);
        }
        var fire = header.facts().time();
        var later = bySeries.getOrDefault(Series.of(header), new TreeMap<>()).tailMap(fire, false);
        boolean next = true;
        for (var waiting : later.values()) {
            for (var run : waiting) {
                askAgain(run, fire, next);
            }
            next = false;
        }
    }

    /** What waits for that fire; the next fire's, whatever it waits for, since that fire may have had no run yet. */
    private void askAgain(RunId run, Instant fire, boolean next) {
        var led = runs.get(run);
        if (led == null) {
            return;
        }
        led.held.entrySet().removeIf(step -> {
            boolean concerned = next || step.getValue().equals(fire);
            if (concerned) {
                asked.add(new Gate(run, step.getKey()));
            }
            return concerned;
        });
    }

    private void forget(RunHeader header) {
        runs.remove(header.id());
        var fires = bySeries.get(Series.of(header));
        var same = fires == null ? null : fires.get(header.facts().time());
        if (fires == null || same == null) {
            return;
        }
        same.remove(header.id());
        if (same.isEmpty()) {
            fires.remove(header.facts().time());
        }
        if (fires.isEmpty()) {
            bySeries.remove(Series.of(header));
        }
    }

    boolean hasQuestions() {
        return !asked.isEmpty();
    }

    /** Asks the store, in which everything that was decided is written. Steps that may start are ready then. */
    void answer(LeaderStore store, Term term, Instant now) {
        var questions = new LinkedHashMap<Gate, PastQuestion>();
        for (var gate : List.copyOf(asked)) {
            term.find(gate.run())
                    .ifPresentOrElse(run -> questions.put(gate, question(run, gate.step())), () -> asked.remove(gate));
        }
        var known = store.past(new HashSet<>(questions.values()));
        questions.forEach((gate, question) ->
                hear(term, term.find(gate.run()), gate, question, Optional.ofNullable(known.get(question)), now));
    }

    private static PastQuestion question(LedRun run, int step) {
        var header = run.active().header();
        return new PastQuestion(
                header.namespace(),
                header.facts().workflow(),
                header.series(),
                header.facts().time(),
                run.stepName(step));
    }

    private void hear(
            Term term,
            Optional<LedRun> run,
            Gate gate,
            PastQuestion question,
            Optional<Past.Step> before,
            Instant now) {
        var led = runs.get(gate.run());
        if (run.isEmpty() || led == null) {
            asked.remove(gate);
            return;
        }
        var objection = Past.objection(question.step(), before);
        term.decide(run.get(), new Event.PastHeard(gate.step(), objection), now);
        asked.remove(gate);
        if (objection.isPresent()) {
            led.held.put(gate.step(), before.orElseThrow().fire());
            return;
        }
        led.open.add(gate.step());
        var ready = new ArrayList<StepKey>();
        run.get().active().forEachReady(ready::add);
        ready.stream().filter(key -> key.step() == gate.step()).forEach(key -> term.addReady(run.get(), key, now));
    }
}
