package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several reports in the form of docs/reliability.md. */
final class ChaosSummary {
    private ChaosSummary() {}

    /** Two tables in Markdown: one line a run, and one line a kind of fault. */
    static String of(List<Path> reports) {
        var all = reports.stream().map(ChaosSummary::read).toList();
        var text = new StringBuilder("""
                | seed | faults | steps active: least, median | runs | attempts | claims lost | done again | repairs | violations |
                |---|---|---|---|---|---|---|---|---|
                """);
        for (var report : all) {
            text.append("| %d | %d | %d, %d | %d | %d | %d | %d | %d | %d |%n"
                    .formatted(
                            report.path("seed").asLong(),
                            report.path("faults").asLong(),
                            report.path("stepsActive").path("least").asLong(),
                            report.path("stepsActive").path("median").asLong(),
                            sum(report.path("runs")),
                            sum(report.path("attempts")),
                            report.path("attempts").path("lost").asLong(),
                            report.path("duplicateExecutions").asLong(),
                            report.path("repairs").asLong(),
                            report.path("violations").size()));
        }
        text.append("""

                | fault | times | fewest steps active | longest without a step starting: median, most (s) |
                |---|---|---|---|
                """);
        faults(all)
                .forEach((fault, times) -> text.append("| %s | %d | %d | %.1f, %.1f |%n"
                        .formatted(
                                fault,
                                times.size(),
                                times.stream()
                                        .mapToLong(f -> f.path("stepsActive").asLong())
                                        .min()
                                        .orElse(0),
                                gap(times, times.size() / 2),
                                gap(times, times.size() - 1))));
        return text.toString();
    }

    private static JsonNode read(Path report) {
        try {
            return JsonMapper.shared().readTree(Files.readString(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long sum(JsonNode counts) {
        return StreamSupport.stream(counts.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .sum();
    }

    private static Map<String, List<JsonNode>> faults(List<JsonNode> reports) {
        return reports.stream()
                .flatMap(report -> StreamSupport.stream(report.path("timeline").spliterator(), false))
                .collect(Collectors.groupingBy(
                        fault -> fault.path("fault").asString(""), TreeMap::new, Collectors.toList()));
    }

    private static double gap(List<JsonNode> faults, int rank) {
        return faults.stream()
                        .mapToLong(fault ->
                                fault.path("longestWithoutAStartMillis").asLong())
                        .sorted()
                        .skip(rank)
                        .findFirst()
                        .orElse(0)
                / 1000.0;
    }
}
