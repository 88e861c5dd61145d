package dev.dagkeeper.chaos;

import dev.dagkeeper.chaos.Effects.Line;
import dev.dagkeeper.chaos.Effects.What;
import dev.dagkeeper.chaos.Nemesis.Done;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The figures of one run of the suite. */
final class ChaosReport {
    private final ObjectNode json = JsonMapper.shared().createObjectNode();

    ChaosReport(long seed, String form, String network) {
        json.put("seed", seed).put("form", form).put("network", network);
    }

    void faults(List<Done> done, List<Line> effects) {
        var sorted =
                done.stream().sorted(Comparator.comparingLong(Done::atMillis)).toList();
        json.put("faults", sorted.size());
        var active = sorted.stream().map(Done::active).sorted().toList();
        if (!active.isEmpty()) {
            json.putObject("stepsActive")
                    .put("least", active.getFirst())
                    .put("median", active.get(active.size() / 2))
                    .put("most", active.getLast());
        }
        var kinds = json.putObject("kinds");
        sorted.stream()
                .collect(Collectors.groupingBy(Done::fault, TreeMap::new, Collectors.counting()))
                .forEach((fault, times) -> kinds.put(fault.text(), times));
        var starts = effects.stream()
                .filter(line -> line.what() == What.START)
                .mapToLong(Line::atMillis)
                .toArray();
        var list = json.putArray("timeline");
        for (int i = 0; i < sorted.size(); i++) {
            var fault = sorted.get(i);
            long until = i + 1 < sorted.size() ? sorted.get(i + 1).atMillis() : fault.healedMillis() + 5_000;
            list.addObject()
                    .put("fault", fault.fault().text())
                    .put("victim", fault.victim())
                    .put("atMillis", fault.atMillis())
                    .put("lastedMillis", fault.healedMillis() - fault.atMillis())
                    .put("stepsActive", fault.active())
                    .put("longestWithoutAStartMillis", longestGap(starts, fault.atMillis(), until));
        }
    }

    /** How long no step began, at most, between two moments. */
    private static long longestGap(long[] starts, long from, long to) {
        long last = from;
        long longest = 0;
        for (long start : starts) {
            if (start >= from && start <= to) {
                longest = Math.max(longest, start - last);
                last = start;
            }
        }
        return Math.max(longest, to - last);
    }

    void history(Recorded recorded, int duplicates) {
        var verdicts = json.putObject("runs");
        recorded.runs().stream()
                .collect(Collectors.groupingBy(Recorded.RunRow::state, TreeMap::new, Collectors.counting()))
                .forEach(verdicts::put);
        var results = json.putObject("attempts");
        recorded.attempts().stream()
                .collect(Collectors.groupingBy(Recorded.AttemptRow::result, TreeMap::new, Collectors.counting()))
                .forEach(results::put);
        json.put("duplicateExecutions", duplicates);
        json.put("claimsWithoutResult", claimsWithoutResult(recorded));
        json.put(
                "attemptsWithoutDisk",
                recorded.attempts().stream()
                        .filter(row -> row.result().equals("failed") && !RunKind.EXIT_CODES.contains(row.exitCode()))
                        .count());
    }

    /** Claims of finished steps that were raised without a result; the last claim of a step that never ran is none. */
    private static long claimsWithoutResult(Recorded recorded) {
        return recorded.steps().stream().mapToLong(step -> step.claim() - 1).sum()
                - recorded.attempts().size()
                + recorded.attempts().stream()
                        .map(row -> row.run() + row.step() + row.index())
                        .distinct()
                        .count();
    }

    void put(String name, long value) {
        json.put(name, value);
    }

    void violations(List<String> violations) {
        var list = json.putArray("violations");
        violations.forEach(list::add);
    }

    String text() {
        return json.toPrettyString();
    }
}
