package dev.dagkeeper.worker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What must not be seen: secret values, as they are, in Base64, URL-encoded, escaped as in JSON, and each long line of
 * one with several. Immutable and thread-safe.
 */
final class Redaction {
    static final Redaction NONE = new Redaction(List.of());

    private static final byte[] MASK = "***".getBytes(StandardCharsets.US_ASCII);
    private static final int NO_MATCH = 0;
    private static final int UNDECIDED = -1;
    /** Shorter values keep only their plain form: their encodings would hit by chance. */
    private static final int LEAST_ENCODED = 6;

    /** Longest first, so that a secret which begins with another is masked whole. */
    private final List<byte[]> patterns;

    private final boolean[] first = new boolean[256];

    private Redaction(List<byte[]> patterns) {
        this.patterns = patterns;
        for (var pattern : patterns) {
            first[pattern[0] & 0xff] = true;
        }
    }

    static Redaction of(Collection<String> secrets) {
        var forms = new LinkedHashSet<String>();
        for (var secret : secrets) {
            addForms(secret, forms);
        }
        forms.remove("");
        if (forms.isEmpty()) {
            return NONE;
        }
        var patterns = new ArrayList<byte[]>();
        for (var form : forms) {
            patterns.add(form.getBytes(StandardCharsets.UTF_8));
        }
        patterns.sort(
                Comparator.comparingInt((byte[] pattern) -> pattern.length).reversed());
        return new Redaction(List.copyOf(patterns));
    }

    private static void addForms(String secret, Set<String> forms) {
        forms.add(secret);
        forms.add(secret.strip());
        if (secret.length() < LEAST_ENCODED) {
            return;
        }
        var bytes = secret.getBytes(StandardCharsets.UTF_8);
        forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        var form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        forms.add(form);
        forms.add(form.replace("+", "%20"));
        forms.add(secret.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
        secret.lines()
                .map(String::strip)
                .filter(line -> line.length() >= LEAST_ENCODED)
                .forEach(forms::add);
    }

    /** The text with everything masked. */
    String text(String text) {
        if (patterns.isEmpty()) {
            return text;
        }
        var masked = new java.io.ByteArrayOutputStream();
        var stream = new Stream(masked::write);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
        stream.finish();
        return masked.toString(StandardCharsets.UTF_8);
    }

    /** Where masked bytes go. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    /** Masks bytes as they come, also across their pieces: holds back only what may be a secret's beginning. Not thread-safe. */
    final class Stream {
        private final Sink sink;
        private byte[] held = {};

        Stream(Sink sink) {
            this.sink = sink;
        }

        void write(byte[] bytes, int offset, int length) {
            if (patterns.isEmpty()) {
                sink.write(bytes, offset, length);
            } else if (held.length == 0) {
                scan(bytes, offset, offset + length, false);
            } else {
                var joined = new byte[held.length + length];
                System.arraycopy(held, 0, joined, 0, held.length);
                System.arraycopy(bytes, offset, joined, held.length, length);
                scan(joined, 0, joined.length, false);
            }
        }

        /** Nothing more comes. */
        void finish() {
            scan(held, 0, held.length, true);
        }

        private void scan(byte[] bytes, int from, int to, boolean last) {
            int plain = from;
            int at = from;
            while (at < to) {
                int match = first[bytes[at] & 0xff] ? match(bytes, at, to, last) : NO_MATCH;
                if (match == UNDECIDED) {
                    break;
                }
                if (match == NO_MATCH) {
                    at++;
                } else {
                    emit(bytes, plain, at);
                    sink.write(MASK, 0, MASK.length);
                    at += match;
                    plain = at;
                }
            }
            emit(bytes, plain, at);
            held = java.util.Arrays.copyOfRange(bytes, at, to);
        }

        private void emit(byte[] bytes, int from, int to) {
            if (to > from) {
                sink.write(bytes, from, to - from);
            }
        }
    }

    /** Length of the longest secret that starts there, or whether there is none, or it takes more bytes to tell. */
    private int match(byte[] bytes, int at, int to, boolean last) {
        for (var pattern : patterns) {
            int compared = Math.min(pattern.length, to - at);
            if (java.util.Arrays.equals(bytes, at, at + compared, pattern, 0, compared)) {
                if (compared == pattern.length) {
                    return compared;
                }
                if (!last) {
                    return UNDECIDED;
                }
            }
        }
        return NO_MATCH;
    }
}
