package dev.dagkeeper.executors.sql;

import dev.dagkeeper.config.Connections;
import dev.dagkeeper.executors.sql.StatementText.Style;
import dev.dagkeeper.workflow.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an {@code sql} step is to do.
 *
 * @param connection its settings, url, user and password among them
 * @param timeout of one statement
 */
record SqlSettings(
        Map<String, String> connection,
        List<Bound> statements,
        boolean transaction,
        Optional<Duration> timeout,
        int maxRows) {
    private static final int MAX_ROWS = 1_000;
    private static final int MOST_ROWS = 100_000;

    SqlSettings {
        statements = List.copyOf(statements);
    }

    /** A statement with the values of its parameters in order. */
    record Bound(StatementText text, List<JsonNode> values) {
        Bound {
            values = List.copyOf(values);
        }
    }

    static SqlSettings read(ObjectNode with, Connections connections) throws SettingsException {
        var name = text(with.get("connection"), "with.connection");
        var connection = connections
                .find(name)
                .orElseThrow(() ->
                        new SettingsException("with.connection: this worker has no connection '" + name + "', it has "
                                + connections.byName().keySet() + "; add it under connections: in dagkeeper.yaml"));
        var transaction = with.path("transaction");
        if (!transaction.isMissingNode() && !transaction.isBoolean()) {
            throw new SettingsException("with.transaction: expected true or false, found " + transaction);
        }
        return new SqlSettings(
                connection, statements(with), transaction.booleanValue(true), timeout(with), maxRows(with));
    }

    private static List<Bound> statements(ObjectNode with) throws SettingsException {
        var params = with.has("params") ? with.get("params") : JsonNodeFactory.instance.objectNode();
        if (!params.isObject() && !params.isArray()) {
            throw new SettingsException("with.params: expected a list or a map, found " + params);
        }
        if (with.has("query") == with.has("statements")) {
            throw new SettingsException("with: expected either query or statements");
        }
        var texts = new ArrayList<String>();
        if (with.has("query")) {
            texts.add(text(with.get("query"), "with.query"));
        } else {
            for (var statement : with.get("statements")) {
                texts.add(text(statement, "with.statements"));
            }
        }
        if (params.isArray() && !with.has("query")) {
            throw new SettingsException("with.params: several statements take a map, found a list");
        }
        var bound = new ArrayList<Bound>();
        for (var text : texts) {
            bound.add(bind(text, params));
        }
        return bound;
    }

    private static Bound bind(String text, JsonNode params) throws SettingsException {
        if (params.isArray()) {
            return new Bound(StatementText.parse(text, Style.POSITIONAL), List.copyOf(params.values()));
        }
        var statement = StatementText.parse(text, Style.NAMED);
        var values = new ArrayList<JsonNode>();
        for (var name : statement.names()) {
            var value = params.get(name);
            if (value == null) {
                throw new SettingsException(
                        "with.params: the statement uses :" + name + ", which is not among " + params.propertyNames());
            }
            values.add(value);
        }
        return new Bound(statement, values);
    }

    private static String text(JsonNode setting, String key) throws SettingsException {
        if (setting == null || !setting.isString() || setting.stringValue().isBlank()) {
            throw new SettingsException(key + ": expected text, found " + (setting == null ? "nothing" : setting));
        }
        return setting.stringValue();
    }

    private static Optional<Duration> timeout(ObjectNode with) throws SettingsException {
        var setting = with.get("timeout");
        if (setting == null || setting.isNull()) {
            return Optional.empty();
        }
        var duration = Durations.parse(text(setting, "with.timeout")).filter(Duration::isPositive);
        if (duration.isEmpty()) {
            throw new SettingsException("with.timeout: expected a duration such as 30s, found " + setting);
        }
        return duration;
    }

    private static int maxRows(ObjectNode with) throws SettingsException {
        var setting = with.get("max-rows");
        if (setting == null || setting.isNull()) {
            return MAX_ROWS;
        }
        if (!setting.isInt() || setting.intValue() < 0 || setting.intValue() > MOST_ROWS) {
            throw new SettingsException("with.max-rows: expected a number from 0 to 100000, found " + setting);
        }
        return setting.intValue();
    }
}
