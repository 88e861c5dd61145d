package dev.dagkeeper.settings;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * One live setting, or one for each name of something: {@code worker.slots}, {@code pools.NAME}.
 *
 * @param path without the name
 * @param name what a name looks like; empty for a setting that is there once
 * @param values what it may be
 * @param defaultText what holds while it is not set, for people; empty when that is nothing
 * @param meaning one sentence
 */
public record LiveKey(String path, Optional<Name> name, Values values, String defaultText, String meaning) {
    /** Names of things that have a setting each. */
    public record Name(Pattern pattern, String expected) {}

    /** What a setting may be. */
    public sealed interface Values {
        /** Why the value is none of these; empty when it is one. */
        Optional<String> refusal(JsonNode value);

        /** Whole numbers of a range, both ends included. */
        record Numbers(int least, int most) implements Values {
            @Override
            public Optional<String> refusal(JsonNode value) {
                var fits = value.isIntegralNumber()
                        && value.canConvertToLong()
                        && value.longValue() >= least
                        && value.longValue() <= most;
                return fits
                        ? Optional.empty()
                        : Optional.of("expected a whole number from " + least + " to " + most + ", found "
                                + shortened(value));
            }
        }

        /** One of a few words. */
        record Words(List<String> words) implements Values {
            public Words {
                words = List.copyOf(words);
            }

            @Override
            public Optional<String> refusal(JsonNode value) {
                return value.isString() && words.contains(value.stringValue())
                        ? Optional.empty()
                        : Optional.of("expected one of " + String.join(", ", words) + ", found " + shortened(value));
            }
        }

        private static String shortened(JsonNode value) {
            var text = value.toString();
            return text.length() > 100 ? text.substring(0, 100) + "..." : text;
        }
    }

    /** As documented: {@code pools.NAME}. */
    public String text() {
        return name.isPresent() ? path + ".NAME" : path;
    }

    /** Whether a written key is this one, be its name well-formed or not. */
    boolean is(String written) {
        return name.isPresent() ? written.startsWith(path + ".") : written.equals(path);
    }

    /** The name in a written key. */
    String nameIn(String written) {
        return written.substring(path.length() + 1);
    }
}
