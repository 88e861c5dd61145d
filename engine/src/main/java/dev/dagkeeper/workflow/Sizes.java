package dev.dagkeeper.workflow;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The notation of sizes: {@code 512B 64KiB 10MiB 2GiB 1TiB}. */
public final class Sizes {
    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,6})(B|KiB|MiB|GiB|TiB)");

    private Sizes() {}

    /** Reads one into bytes; empty when the text is not one. */
    public static OptionalLong parseBytes(String text) {
        var match = NOTATION.matcher(text);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        var shift = switch (match.group(2)) {
            case "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 40;
        };
        return OptionalLong.of(Long.parseLong(match.group(1)) << shift);
    }
}
