package dev.dagkeeper.chaos;

import dev.dagkeeper.chaos.Effects.Line;
import dev.dagkeeper.chaos.Effects.What;
import dev.dagkeeper.chaos.Load.Accepted;
import dev.dagkeeper.chaos.Recorded.AttemptRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * Holds what was promised against what is recorded and against what the steps themselves wrote. Shares no code with the
 * engine.
 */
final class Checker {
    /** How long after the answer to a cancel a step that was claimed before it may still start. */
    private static final long CANCEL_GRACE_MILLIS = 12_000;

    private final Map<String, Accepted> accepted;
    private final Recorded recorded;
    private final List<String> violations = new ArrayList<>();
    private final Map<Place, List<AttemptRow>> attempts = new HashMap<>();
    private final Map<Place, List<At>> lines = new HashMap<>();
    private final Map<Place, Recorded.StepRow> steps = new HashMap<>();
    private final Map<String, Long> cancelledAt = new HashMap<>();
    private int duplicates;

    /** A step, or an instance of one. */
    private record Place(String run, String step, int index) {
        @Override
        public String toString() {
            return run + "/" + step + (index < 0 ? "" : "[" + index + "]");
        }
    }

    /** A line and its place among all lines. */
    private record At(int position, Line line) {}

    private Checker(Map<String, Accepted> accepted, Recorded recorded, List<Line> effects) {
        this.accepted = accepted;
        this.recorded = recorded;
        for (var row : recorded.attempts()) {
            attempts.computeIfAbsent(new Place(row.run(), row.step(), row.index()), _ -> new ArrayList<>())
                    .add(row);
        }
        for (var row : recorded.steps()) {
            steps.put(new Place(row.run(), row.step(), row.index()), row);
        }
        for (int position = 0; position < effects.size(); position++) {
            var line = effects.get(position);
            if (line.what() == What.CANCELLED) {
                cancelledAt.put(line.run(), line.atMillis());
            } else {
                lines.computeIfAbsent(new Place(line.run(), line.step(), line.index()), _ -> new ArrayList<>())
                        .add(new At(position, line));
            }
        }
    }

    /** Everything that is wrong; nothing when all promises were kept. */
    static Findings check(Map<String, Accepted> accepted, Recorded recorded, List<Line> effects) {
        var checker = new Checker(accepted, recorded, effects);
        checker.everyAcceptedRunHasItsVerdict();
        checker.everyFinalStateCameOnce();
        checker.everyClaimHasOneResult();
        checker.everyStepEndedAsItShould();
        checker.everyEffectIsThereAsOftenAsAttemptsSay();
        checker.noStepRanBeforeItsNeeds();
        checker.noStepStartedAfterItsRunWasCancelled();
        return new Findings(checker.violations, checker.duplicates);
    }

    /** @param duplicates executions that did their work again because an earlier claim was lost: allowed, and counted */
    record Findings(List<String> violations, int duplicates) {}

    private void violated(String what) {
        violations.add(what);
    }

    private void everyAcceptedRunHasItsVerdict() {
        var byId = recorded.runs().stream().collect(Collectors.toMap(Recorded.RunRow::id, row -> row));
        var expected = new HashSet<String>();
        accepted.forEach((key, run) -> {
            expected.add(run.run());
            var row = byId.get(run.run());
            if (row == null) {
                violated("accepted and not there: run " + run.run() + " with key " + key);
            } else if (!row.key().equals(key)) {
                violated("run " + row.id() + " was answered for key " + key + " and has key " + row.key());
            } else if (!row.state().equals(run.kind().verdict())) {
                violated("run %s of %s is %s (%s), expected %s"
                        .formatted(
                                row.id(),
                                row.workflow(),
                                row.state(),
                                row.reason(),
                                run.kind().verdict()));
            }
        });
        byId.keySet().stream()
                .filter(id -> !expected.contains(id))
                .forEach(id -> violated("nobody asked for run " + id));
    }

    private void everyFinalStateCameOnce() {
        recorded.finals().stream()
                .filter(row -> row.times() != 1)
                .forEach(row -> violated("%s came to a final state %d times"
                        .formatted(new Place(row.run(), row.step(), row.index()), row.times())));
    }

    private void everyClaimHasOneResult() {
        attempts.forEach((place, rows) -> {
            var claims = new TreeSet<Integer>();
            for (var row : rows) {
                if (!claims.add(row.claim())) {
                    violated("claim " + row.claim() + " of " + place + " has two results");
                }
            }
            long succeeded = rows.stream()
                    .filter(row -> row.result().equals("succeeded"))
                    .count();
            if (succeeded > 1) {
                violated(place + " succeeded " + succeeded + " times");
            }
        });
    }

    private void everyStepEndedAsItShould() {
        accepted.values().forEach(run -> {
            for (var expected : run.kind().steps()) {
                expect(new Place(run.run(), expected.id(), -1), expected.state());
                for (int index = 0; index < expected.instances(); index++) {
                    expect(new Place(run.run(), expected.id(), index), expected.state());
                }
            }
        });
    }

    private void expect(Place place, String state) {
        var row = steps.get(place);
        if (row == null) {
            violated(place + " has no row, expected " + state);
        } else if (!row.state().equals(state)) {
            violated("%s is %s (%s), expected %s".formatted(place, row.state(), row.reason(), state));
        }
    }

    private void everyEffectIsThereAsOftenAsAttemptsSay() {
        lines.forEach((place, all) -> {
            if (!steps.containsKey(place)) {
                violated(place + " wrote lines and is not recorded");
            }
            var starts = all.stream()
                    .filter(at -> at.line().what() == What.START)
                    .map(at -> at.line().execution())
                    .toList();
            if (new HashSet<>(starts).size() != starts.size()) {
                violated("an execution of " + place + " began twice");
            }
        });
        accepted.values().forEach(run -> {
            for (var expected : run.kind().steps()) {
                for (int index = 0; index < Math.max(1, expected.instances()); index++) {
                    effects(expected, new Place(run.run(), expected.id(), expected.instances() == 0 ? -1 : index));
                }
            }
        });
    }

    private void effects(RunKind.Expected expected, Place place) {
        var rows = attempts.getOrDefault(place, List.of());
        var written = lines.getOrDefault(place, List.of());
        switch (expected.state()) {
            case "skipped", "upstream-failed" -> {
                if (!written.isEmpty() || !rows.isEmpty()) {
                    violated(place + " ran, expected " + expected.state());
                }
                return;
            }
            case "succeeded" -> atLeast(place, rows, written, "succeeded", What.END);
            default -> atLeast(place, rows, written, "failed", What.FAIL);
        }
        var byAttempt = claimsByAttempt(place, rows);
        var executions = new HashMap<Integer, Integer>();
        var ends = new HashMap<Integer, Integer>();
        for (var at : written) {
            var line = at.line();
            if (line.what() == What.START) {
                executions.merge(line.attempt(), 1, Integer::sum);
            } else {
                ends.merge(line.attempt(), 1, Integer::sum);
            }
            if (line.what() == What.END && line.attempt() <= expected.failures()) {
                violated(place + " did its work in attempt " + line.attempt() + ", which was to fail");
            }
        }
        executions.forEach((attempt, count) -> {
            int claims = byAttempt.applyAsInt(attempt);
            if (count > claims) {
                violated("attempt %d of %s ran %d times with %d claims".formatted(attempt, place, count, claims));
            }
        });
        ends.values().forEach(count -> duplicates += Math.max(0, count - 1));
    }

    /**
     * How many claims an attempt can have had: those with a result, and those that were raised without one because Postgres
     * had crashed and nobody knew whether they had been given out.
     */
    private IntUnaryOperator claimsByAttempt(Place place, List<AttemptRow> rows) {
        var step = steps.get(place);
        int without = step == null ? 0 : step.claim() - rows.size();
        return attempt -> without
                + Math.toIntExact(
                        rows.stream().filter(row -> row.attempt() == attempt).count());
    }

    /** The claim with the recorded result did what it says: its work is there, or its failure. */
    private void atLeast(Place place, List<AttemptRow> rows, List<At> written, String result, What what) {
        var last = rows.stream().filter(row -> row.result().equals(result)).toList();
        if (last.isEmpty()) {
            violated(place + " has no attempt that " + result);
            return;
        }
        int attempt = last.getLast().attempt();
        long found = written.stream()
                .filter(at -> at.line().what() == what && at.line().attempt() == attempt)
                .count();
        int claims = claimsByAttempt(place, rows).applyAsInt(attempt);
        if (found < 1 || found > claims) {
            violated("attempt %d of %s is recorded as %s and wrote that %d times, with %d claims"
                    .formatted(attempt, place, result, found, claims));
        }
    }

    private void noStepRanBeforeItsNeeds() {
        accepted.values()
                .forEach(run -> run.kind().steps().forEach(expected -> {
                    for (int index = 0; index < Math.max(1, expected.instances()); index++) {
                        var place = new Place(run.run(), expected.id(), expected.instances() == 0 ? -1 : index);
                        lines.getOrDefault(place, List.of()).stream()
                                .mapToInt(At::position)
                                .min()
                                .ifPresent(first ->
                                        expected.after().forEach(need -> endedBefore(run, need, place, first)));
                    }
                }));
    }

    private void endedBefore(Accepted run, String need, Place later, int position) {
        var expected = run.kind().steps().stream()
                .filter(step -> step.id().equals(need))
                .findFirst()
                .orElseThrow();
        var what = expected.state().equals("failed") ? What.FAIL : What.END;
        for (int index = 0; index < Math.max(1, expected.instances()); index++) {
            var place = new Place(run.run(), need, expected.instances() == 0 ? -1 : index);
            var ended = lines.getOrDefault(place, List.of()).stream()
                    .anyMatch(at -> at.line().what() == what && at.position() < position);
            if (!ended) {
                violated(later + " started before " + place + " had ended");
            }
        }
    }

    private void noStepStartedAfterItsRunWasCancelled() {
        lines.forEach((place, all) -> {
            var cancelled = cancelledAt.get(place.run());
            if (cancelled != null) {
                all.stream()
                        .filter(at -> at.line().what() == What.START
                                && at.line().atMillis() > cancelled + CANCEL_GRACE_MILLIS)
                        .forEach(at -> violated("%s started %d ms after its run was cancelled"
                                .formatted(place, at.line().atMillis() - cancelled)));
            }
        });
    }
}
