package dev.dagkeeper.executors.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The statuses that mean success.
 *
 * @param ranges both ends included
 * @param text as in the settings
 */
record ExpectedStatus(List<Range> ranges, String text) {
    static final ExpectedStatus SUCCESS = new ExpectedStatus(List.of(new Range(200, 299)), "2xx");

    private static final Pattern CLASS = Pattern.compile("([1-5])xx");
    private static final Pattern RANGE = Pattern.compile("([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?");

    ExpectedStatus {
        ranges = List.copyOf(ranges);
    }

    record Range(int from, int to) {}

    boolean holds(int status) {
        return ranges.stream().anyMatch(range -> range.from() <= status && status <= range.to());
    }

    static ExpectedStatus read(JsonNode setting) throws SettingsException {
        var ranges = new ArrayList<Range>();
        if (setting.isArray()) {
            for (var item : setting) {
                ranges.add(range(item));
            }
        } else {
            ranges.add(range(setting));
        }
        return new ExpectedStatus(ranges, setting.toString());
    }

    private static Range range(JsonNode setting) throws SettingsException {
        var text = setting.isString() ? setting.stringValue() : setting.toString();
        var ofClass = CLASS.matcher(text);
        if (ofClass.matches()) {
            int from = Integer.parseInt(ofClass.group(1)) * 100;
            return new Range(from, from + 99);
        }
        var range = RANGE.matcher(text);
        if (range.matches()) {
            int from = Integer.parseInt(range.group(1));
            return new Range(from, range.group(2) == null ? from : Integer.parseInt(range.group(2)));
        }
        throw new SettingsException("with.expect: expected a status such as 204, 2xx or 200-204, found " + setting);
    }
}
