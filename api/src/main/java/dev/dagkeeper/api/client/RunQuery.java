package dev.dagkeeper.api.client;

import java.util.Optional;

/**
 * Which runs to list.
 *
 * @param states run states separated by commas, or {@code active}
 * @param workflow name of a workflow
 * @param createdAfter RFC 3339
 * @param steps whether the steps come with each run
 * @param limit how many at most, newest first
 */
public record RunQuery(
        Optional<String> states, Optional<String> workflow, Optional<String> createdAfter, boolean steps, int limit) {}
