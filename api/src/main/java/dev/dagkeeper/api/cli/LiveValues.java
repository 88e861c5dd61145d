package dev.dagkeeper.api.cli;

import dev.dagkeeper.config.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The live settings as a list: key, value and where it comes from. */
final class LiveValues {
    private LiveValues() {}

    /** From the server's answer; those that are not set included, by their key. */
    static List<JsonNode> of(JsonNode config) {
        var source = "version " + config.path("version").asLong(0);
        var values = new ArrayList<JsonNode>();
        config.path("settings")
                .properties()
                .forEach(entry -> values.add(one(entry.getKey(), entry.getValue(), source)));
        config.path("defaults")
                .properties()
                .forEach(entry -> values.add(one(entry.getKey(), entry.getValue(), "default")));
        values.sort(Comparator.comparing(value -> value.path("key").asString("")));
        return values;
    }

    /**
     * That a key is not among others.
     *
     * @param known what may have been meant
     */
    static Failure missing(String message, String key, Collection<String> known) {
        var show = "'config get' shows those there are.";
        return new Failure(
                ExitCode.NOT_FOUND,
                message,
                NearestName.of(key, known)
                        .map(near -> "Did you mean '" + near + "'? " + show)
                        .orElse(show));
    }

    static JsonNode one(String key, JsonNode value, String source) {
        var json = JsonMapper.shared().createObjectNode().put("key", key);
        json.set("value", value);
        return json.put("source", source);
    }

    static Table table(List<JsonNode> values) {
        var table = new Table("KEY", "VALUE", "SOURCE");
        for (var value : values) {
            table.row(
                    value.path("key").asString(""),
                    value.path("value").asString(""),
                    value.path("source").asString(""));
        }
        return table;
    }
}
