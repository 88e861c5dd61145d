package dev.dagkeeper.api.http;

import java.util.List;
import java.util.Locale;

/** Content negotiation by media type (RFC 9110, 12.5.1). */
final class Accept {
    private Accept() {}

    /**
     * The offered type with the highest weight; among equals the first offered.
     *
     * @throws ApiProblem 406 when the client takes none of them
     */
    static String choose(String header, List<String> offered) {
        var best = "";
        var bestWeight = 0.0;
        for (var type : offered) {
            var weight = weight(header, type);
            if (weight > bestWeight) {
                best = type;
                bestWeight = weight;
            }
        }
        if (best.isEmpty()) {
            throw ApiProblem.of(
                    406, "not-acceptable", "there is " + String.join(" or ", offered) + ", and Accept wants " + header);
        }
        return best;
    }

    /** The weight of the most specific range that covers the type. */
    private static double weight(String header, String type) {
        var found = 0.0;
        var foundLength = -1;
        for (var range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            var parts = range.split(";", -1);
            var name = parts[0].strip();
            var prefix = name.equals("*/*") ? "" : name.endsWith("/*") ? name.substring(0, name.length() - 1) : name;
            var covers = prefix.equals(name) ? type.equals(name) : type.startsWith(prefix);
            if (covers && prefix.length() > foundLength) {
                foundLength = prefix.length();
                found = quality(parts);
            }
        }
        return found;
    }

    private static double quality(String[] parts) {
        for (var i = 1; i < parts.length; i++) {
            var parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
