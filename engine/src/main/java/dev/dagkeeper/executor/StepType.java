package dev.dagkeeper.executor;

import dev.dagkeeper.workflow.ValueType;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a workflow may say about a step of one type.
 *
 * @param name as in {@code uses}
 * @param run JSON Schema (2020-12) of the {@code run} script; absent when the type takes none
 * @param with JSON Schema (2020-12) of the {@code with} map
 * @param process whether it runs a process: it then sees {@code env}, {@code secrets} and {@code files}, and gives
 *     outputs as text by name
 * @param offers the outputs it offers by itself (for {@code from} paths), with their types; empty for process types
 */
public record StepType(
        String name, Optional<ObjectNode> run, ObjectNode with, boolean process, Map<String, ValueType> offers) {
    public StepType {
        offers = Map.copyOf(offers);
    }
}
