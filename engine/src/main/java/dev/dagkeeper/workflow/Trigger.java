package dev.dagkeeper.workflow;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What starts runs of a workflow by itself. Immutable.
 *
 * @param id unique in its workflow
 * @param inputs what its runs are given, over {@code run}; checked against the declared inputs
 */
public record Trigger(String id, Schedule schedule, Map<String, Template> inputs) {
    public Trigger {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }
}
