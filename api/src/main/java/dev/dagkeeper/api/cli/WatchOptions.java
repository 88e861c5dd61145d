package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a run is shown while it goes on, and when it has ended. */
final class WatchOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "jsonl: every event; json, yaml or name: the run when it has ended;"
                    + " default: a live view, without a terminal one line a state change")
    OutputOption.@Nullable Format format;

    @Option(names = "--ascii", description = "draw with ASCII characters only")
    boolean ascii;

    /** Whether the run was started here, so that Ctrl-C is for it. */
    boolean own;

    /** Shows the run until it ends, then what it came to; gives it as it ended. */
    Run watch(Environment environment, DagkeeperClient client, Run run) throws InterruptedException, IOException {
        var form = format == null ? OutputOption.Format.table : format;
        switch (form) {
            case jsonl -> EventLines.json(client, environment.out()).watch(run);
            case table ->
                (environment.outIsTerminal()
                                ? new LiveView(environment, client, ascii, own)
                                : EventLines.text(client, environment.out()))
                        .watch(run);
            case json, yaml, name -> {
                try (var events = client.events(run.id(), 0, event -> {})) {
                    events.follow(WaitCommand.PATIENCE);
                }
            }
        }
        var ended = client.run(run.id());
        switch (form) {
            case table -> new RunEnding(environment, client, ended).print();
            case jsonl -> new RunEnding(environment, client, ended).printFailure();
            case json, yaml, name -> {
                new Output(environment.out(), form).object(ended.json(), json -> ended.id(), out -> {});
                new RunEnding(environment, client, ended).printFailure();
            }
        }
        return ended;
    }
}
