package dev.dagkeeper.run;

import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Which runs share places: those of one namespace whose {@code concurrency} names the same group.
 *
 * @param group the workflow's name where none is given
 */
public record GroupName(String namespace, String group) {
    /** As long as a workflow's name may be, several times. */
    private static final int LONGEST = 255;

    /**
     * The group that a new run belongs to, unique within its namespace; empty for a workflow without {@code concurrency}.
     *
     * @throws ExpressionException when it cannot be evaluated, or gives no name
     */
    public static String of(Workflow workflow, Map<String, JsonNode> inputs, Scope.RunFacts run) {
        if (workflow.concurrency().isEmpty()) {
            return "";
        }
        var template = workflow.concurrency().get().group();
        if (template.isEmpty()) {
            return workflow.name();
        }
        var scope =
                new Scope(inputs, Map.of(), run, Scope.Upstreams.NONE, Optional.empty(), Map.of(), Optional.empty());
        try {
            var name = template.get().text(scope);
            if (name.isBlank() || name.length() > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
                throw new ExpressionException("expected 1 to " + LONGEST + " characters without line breaks, found "
                        + JsonNodeFactory.instance.stringNode(name));
            }
            return name;
        } catch (ExpressionException e) {
            throw new ExpressionException("concurrency.group: " + e.getMessage(), e);
        }
    }

    /** A short text that is the same for equal names only: where the reason is written for those that wait. */
    public String key() {
        try {
            // A namespace has no line break, so two names never give the same text.
            var text = "concurrency\n" + namespace + "\n" + group;
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
