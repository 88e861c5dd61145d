package dev.dagkeeper.workflow;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Whole numbers as JSON, in the one notation that reading them from text gives as well, so that equal ones are equal. */
final class JsonNumbers {
    private JsonNumbers() {}

    static JsonNode of(long number) {
        return number == (int) number
                ? JsonNodeFactory.instance.numberNode((int) number)
                : JsonNodeFactory.instance.numberNode(number);
    }
}
