package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A deployed workflow, and a revision of it where one is named; else the newest. */
record WorkflowName(String namespace, String name, OptionalInt revision) {
    private static final Pattern NOTATION =
            Pattern.compile("(?:([a-z][a-z0-9_]*)/)?([a-z][a-z0-9_]*)(?:@([1-9][0-9]{0,8}))?");

    /** Reads {@code [NAMESPACE/]NAME[@REVISION]}. */
    static WorkflowName parse(String text) {
        var match = NOTATION.matcher(text);
        if (!match.matches()) {
            throw new Failure(
                    ExitCode.USAGE, "'" + text + "' does not name a workflow; expected [NAMESPACE/]NAME[@REVISION]");
        }
        var revision = match.group(3);
        var namespace = match.group(1);
        return new WorkflowName(
                namespace == null ? "default" : namespace,
                match.group(2),
                revision == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(revision)));
    }

    /** Reads {@code [NAMESPACE/]NAME}. */
    static WorkflowName withoutRevision(String text) {
        var name = parse(text);
        if (name.revision.isPresent()) {
            throw new Failure(ExitCode.USAGE, "'" + text + "' names a revision; expected [NAMESPACE/]NAME");
        }
        return name;
    }

    /** The revision with its source. */
    JsonNode get(DagkeeperClient client) {
        return revision.isPresent()
                ? client.revision(namespace, name, revision.getAsInt())
                : client.workflow(namespace, name);
    }
}
