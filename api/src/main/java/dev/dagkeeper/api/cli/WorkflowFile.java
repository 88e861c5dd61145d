package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ApiException;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * A workflow file on its way to a server.
 *
 * @param display the path as the user wrote it
 */
record WorkflowFile(Environment environment, String display, WorkflowHead head) {
    /** Reads a file; one that is beyond sending is checked here, for its problems. */
    static WorkflowFile read(Environment environment, String name) {
        var source = Workflows.read(environment, name);
        var head = WorkflowHead.read(source).orElseGet(() -> {
            Workflows.accepted(environment, name, source);
            throw new Failure(ExitCode.USAGE, name + " has no name that could be read");
        });
        return new WorkflowFile(environment, name, head);
    }

    /** Checks it in this process: what is wrong ends the command before anything is started or stored. */
    void check() {
        var source = head.text().getBytes(StandardCharsets.UTF_8);
        var workflow = Workflows.accepted(environment, display, source);
        if (!workflow.reserved().isEmpty()) {
            workflow.reserved()
                    .forEach(reserved -> environment
                            .err()
                            .println(display + ":" + reserved.line() + ":" + reserved.column()
                                    + ": not carried out yet: " + reserved.what()));
            throw new Failure(ExitCode.USAGE, display + " needs what this version cannot do");
        }
    }

    /** Uploads its files and hands it to the call; problems that the server finds are shown with their source. */
    <T> T send(DagkeeperClient client, Function<SourceFile, T> call) throws IOException {
        var file = shipped(client);
        try {
            return call.apply(file);
        } catch (ApiException e) {
            if (e.errors().isEmpty()) {
                throw e;
            }
            Problems.print(environment.err(), e.errors(), head.text());
            throw new Failure(ExitCode.of(e), String.valueOf(e.getMessage()));
        }
    }

    /** Uploads its files; what is to be sent then. */
    SourceFile shipped(DagkeeperClient client) throws IOException {
        var files =
                ShippedFiles.find(environment.resolve(display), head.files()).upload(client);
        return new SourceFile(display, head.text(), files);
    }
}
