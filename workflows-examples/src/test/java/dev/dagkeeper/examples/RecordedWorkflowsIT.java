package dev.dagkeeper.examples;

import static dev.dagkeeper.run.RunState.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;

/** Workflows recorded on real grids: astronomy, genetics, seismology. */
@ExtendWith(SharedEngine.class)
@EnabledIf(value = "areHere", disabledReason = "no recorded workflows beside the repository")
@Timeout(120)
class RecordedWorkflowsIT {
    private static final int SLOTS = 16;
    private static final Pattern DURATION = Pattern.compile("^  (\\w+): .*(?:duration: |sleep )([0-9.]+)(ms)?.*$");

    /** Asked before an engine is started for them. */
    static boolean areHere() {
        return Files.isDirectory(Repository.RECORDED);
    }

    @TestFactory
    Stream<DynamicTest> recorded_workflows_succeed_in_order(HostedEngine engine) throws IOException {
        return Repository.yaml(Repository.RECORDED).stream()
                .map(workflow -> DynamicTest.dynamicTest(Repository.name(workflow), () -> succeeds(engine, workflow)));
    }

    private static void succeeds(HostedEngine engine, Path workflow) throws IOException {
        var run = engine.run(workflow, Map.of()).ended(SUCCEEDED).inOrder();
        assertThat(run.steps()).hasSameSizeAs(run.needs().upstreams().keySet());
        var bound = lowerBound(workflow, run.needs());
        System.out.printf(
                "%s: %d steps in %d ms; at least %d ms on %d slots%n",
                Repository.name(workflow), run.steps().size(), run.took().toMillis(), bound.toMillis(), SLOTS);
        assertThat(run.took()).as("a run shorter than its steps").isGreaterThanOrEqualTo(bound);
    }

    /** The longest path, or all work spread over the slots, whichever is more. */
    private static Duration lowerBound(Path workflow, Needs needs) throws IOException {
        var lengths = new LinkedHashMap<String, Double>();
        for (var line : Files.readAllLines(workflow)) {
            var match = DURATION.matcher(line);
            if (match.matches()) {
                var number = Double.parseDouble(match.group(2));
                lengths.put(match.group(1), match.group(3) == null ? number * 1000 : number);
            }
        }
        var ends = new LinkedHashMap<String, Double>();
        needs.upstreams().keySet().forEach(step -> end(step, needs, lengths, ends));
        var path = ends.values().stream().mapToDouble(end -> end).max().orElseThrow();
        var work = lengths.values().stream().mapToDouble(length -> length).sum() / SLOTS;
        return Duration.ofMillis((long) Math.max(path, work));
    }

    private static double end(String step, Needs needs, Map<String, Double> lengths, Map<String, Double> ends) {
        var known = ends.get(step);
        if (known != null) {
            return known;
        }
        var start = 0.0;
        for (var upstream : needs.upstreams().getOrDefault(step, java.util.List.of())) {
            start = Math.max(start, end(upstream, needs, lengths, ends));
        }
        var end = start + lengths.getOrDefault(step, 0.0);
        ends.put(step, end);
        return end;
    }
}
