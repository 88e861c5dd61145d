package dev.dagkeeper.api.client;

import java.util.Optional;

/**
 * Which fires of a trigger to list.
 *
 * @param outcomes separated by commas
 * @param from RFC 3339, inclusive
 * @param limit at least 1
 */
public record FireQuery(Optional<String> outcomes, Optional<String> from, int limit) {}
