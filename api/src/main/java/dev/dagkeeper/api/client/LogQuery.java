package dev.dagkeeper.api.client;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which part of a run's log to read.
 *
 * @param step one step only
 * @param index one instance of it only
 * @param attempt one attempt only
 * @param follow whether to stay until what is asked for is final
 * @param tail only that many last lines of what is there now
 */
public record LogQuery(
        Optional<String> step, OptionalInt index, OptionalInt attempt, boolean follow, OptionalInt tail) {}
