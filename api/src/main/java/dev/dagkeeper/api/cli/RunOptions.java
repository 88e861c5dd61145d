package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to start, and with what. */
final class RunOptions {
    @Parameters(paramLabel = "FILE|WORKFLOW", description = "a YAML file, or the name of a deployed workflow")
    String what = "";

    @Option(
            names = {"-i", "--input"},
            paramLabel = "NAME=VALUE",
            description = "an input; the value is read by its declared type")
    List<String> inputs = List.of();

    @Option(
            names = {"-f", "--inputs"},
            paramLabel = "FILE",
            description = "a YAML map of inputs; -i wins")
    @Nullable
    String inputsFile;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "of a deployed workflow; default ${DEFAULT-VALUE}")
    String namespace = "default";

    @Option(names = "--key", paramLabel = "KEY", description = "starting again with the same key starts nothing new")
    @Nullable
    String key;

    @Option(names = "--at", paramLabel = "TIME", description = "the run's nominal time, RFC 3339; default now")
    @Nullable
    String at;

    @Option(
            names = "--trigger",
            paramLabel = "NAME",
            description = "run as this trigger would: with its inputs, for its last interval that is complete")
    @Nullable
    String trigger;

    @Option(names = "--priority", paramLabel = "N", description = "-100 to 100, instead of the workflow's")
    @Nullable
    Integer priority;

    /** Reads what was named, before anything is connected to. */
    Prepared prepare(Environment environment) {
        if (key != null && !key.matches("[ -~]{1,255}")) {
            throw new Failure(ExitCode.USAGE, "--key: expected up to 255 printable ASCII characters");
        }
        var values = InputValues.read(environment, inputs, Optional.ofNullable(inputsFile));
        var file = Workflows.isFile(environment, what)
                ? Optional.of(WorkflowFile.read(environment, what))
                : Optional.<WorkflowFile>empty();
        return new Prepared(this, values, file);
    }

    /** Something ready to be started. */
    record Prepared(RunOptions options, tools.jackson.databind.node.ObjectNode inputs, Optional<WorkflowFile> file) {
        /** Starts it. */
        Run submit(DagkeeperClient client) throws IOException {
            if (file.isPresent()) {
                return file.get().send(client, source -> client.submit(request(new RunRequest.Source(source))));
            }
            return client.submit(request(new RunRequest.Deployed(options.namespace, options.what)));
        }

        private RunRequest request(RunRequest.What what) {
            // A key of our own makes it safe to send again when the answer was lost.
            var key = Optional.ofNullable(options.key)
                    .orElseGet(() -> UUID.randomUUID().toString());
            var priority = options.priority == null ? OptionalInt.empty() : OptionalInt.of(options.priority.intValue());
            return new RunRequest(
                    what, inputs, Optional.ofNullable(options.at), Optional.ofNullable(options.trigger), priority, key);
        }
    }
}
