package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunQuery;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How long each step took in the newest run of the same workflow that succeeded. */
final class PastDurations {
    private PastDurations() {}

    static Map<String, Duration> of(DagkeeperClient client, Run run) {
        var query =
                new RunQuery(Optional.of("succeeded,warned"), Optional.of(run.workflow()), Optional.empty(), true, 1);
        var durations = new HashMap<String, Duration>();
        for (var past : client.runs(query)) {
            for (var step : past.steps()) {
                if (step.index().isEmpty()
                        && step.startedAt().isPresent()
                        && step.endedAt().isPresent()) {
                    durations.put(
                            step.id(),
                            Duration.between(
                                    step.startedAt().get(), step.endedAt().get()));
                }
            }
        }
        return durations;
    }
}
