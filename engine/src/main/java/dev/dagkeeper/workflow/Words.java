package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The notation of enum constants in workflows. */
final class Words {
    private Words() {}

    /** {@code ALL_DONE} as {@code all-done}. */
    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> of(Class<? extends Enum<?>> type) {
        var words = new ArrayList<String>();
        for (var constant : type.getEnumConstants()) {
            words.add(kebab(constant));
        }
        return words;
    }
}
