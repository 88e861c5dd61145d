package dev.dagkeeper.api.client;

import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run to start.
 *
 * @param inputs values by name; text is read by the declared type
 * @param at the run's nominal time, RFC 3339
 * @param trigger of the workflow: the run has its inputs, where it is given none, and its last complete interval
 * @param priority instead of the workflow's
 * @param key the same key never starts a second run
 */
public record RunRequest(
        What what, ObjectNode inputs, Optional<String> at, Optional<String> trigger, OptionalInt priority, String key) {
    /** A run that takes nothing of a trigger. */
    public RunRequest(What what, ObjectNode inputs, Optional<String> at, OptionalInt priority, String key) {
        this(what, inputs, at, Optional.empty(), priority, key);
    }

    /** What to run. */
    public sealed interface What {}

    /** The newest revision of a deployed workflow. */
    public record Deployed(String namespace, String workflow) implements What {}

    /** A workflow that need not be deployed. */
    public record Source(SourceFile file) implements What {}
}
