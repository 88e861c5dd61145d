package dev.dagkeeper.workflow;

import java.util.Collection;
import java.util.Optional;

/** Finds the known word that a misspelt one most likely means. */
public final class Nearest {
    private Nearest() {}

    /** "did you mean ...", or nothing when no word is near. */
    static String hint(String word, Collection<String> known) {
        return to(word, known).map(near -> "did you mean '" + near + "'?").orElse("");
    }

    /** The nearest word within a third of the length, at least two edits. */
    public static Optional<String> to(String word, Collection<String> known) {
        var best = Math.max(2, word.length() / 3) + 1;
        var nearest = Optional.<String>empty();
        for (var candidate : known) {
            if (Math.abs(candidate.length() - word.length()) >= best) {
                continue;
            }
            var distance = distance(word, candidate, best);
            if (distance < best && distance < Math.max(word.length(), candidate.length())) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** Edits (insert, delete, replace, swap of neighbours) from one word to the other; stops at the limit. */
    private static int distance(String a, String b, int limit) {
        var previous = new int[b.length() + 1];
        var row = new int[b.length() + 1];
        var next = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            next[0] = i;
            var least = i;
            for (var j = 1; j <= b.length(); j++) {
                var same = a.charAt(i - 1) == b.charAt(j - 1);
                next[j] = Math.min(Math.min(next[j - 1], row[j]) + 1, row[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    next[j] = Math.min(next[j], previous[j - 2] + 1);
                }
                least = Math.min(least, next[j]);
            }
            if (least >= limit) {
                return limit;
            }
            var reused = previous;
            previous = row;
            row = next;
            next = reused;
        }
        return row[b.length()];
    }
}
