package dev.dagkeeper.api.http;

import dev.dagkeeper.history.SettingsStore;
import dev.dagkeeper.history.SettingsStore.SettingsVersion;
import dev.dagkeeper.settings.LiveKeys;
import dev.dagkeeper.settings.SettingProblem;
import dev.dagkeeper.workflow.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The live settings and their versions. Thread-safe. */
final class ConfigResource {
    private static final int LONGEST_BODY = 1 << 20;
    private static final int LONGEST_NOTE = 1000;

    private final SettingsStore settings;
    private final Runnable changed;

    /** @param changed tells all processes; does not wait */
    ConfigResource(SettingsStore settings, Runnable changed) {
        this.settings = settings;
        this.changed = changed;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/config", this::get),
                new Route("PUT", "/v1/config", Route.Access.TOKEN, this::put),
                Route.get("/v1/config/versions", this::versions),
                Route.get("/v1/config/versions/{n}", this::version));
    }

    private Answer get(Call call) {
        call.query();
        return show(settings.current());
    }

    private Answer put(Call call) throws IOException {
        call.query();
        var wanted = call.header("If-Match")
                .orElseThrow(() -> ApiProblem.of(
                        428,
                        "precondition-required",
                        "expected If-Match with the ETag of the version to replace, which GET /v1/config tells"));
        call.contentType("application/json");
        var body = BodyFields.parse(call.body(LONGEST_BODY), Set.of("settings", "note"));
        var document = body.map("settings");
        var note = body.text("note").orElse("");
        if (note.length() > LONGEST_NOTE) {
            throw ApiProblem.invalidBody(
                    "expected a note of at most " + LONGEST_NOTE + " characters, found " + note.length());
        }
        refuse(LiveKeys.check(document));
        var current = settings.current();
        if (!wanted.strip().equals("*") && !wanted.strip().equals(etag(current))) {
            throw notCurrent(wanted, current);
        }
        if (current.settings().equals(document)) {
            return show(current);
        }
        var stored = settings.append(current.number(), document, call.by(), note)
                .orElseThrow(() -> notCurrent(wanted, settings.current()));
        changed.run();
        return show(stored);
    }

    private static void refuse(List<SettingProblem> problems) {
        if (!problems.isEmpty()) {
            var wrong = problems.size() == 1 ? "a setting is wrong" : problems.size() + " settings are wrong";
            throw ApiProblem.of(
                    422,
                    "invalid-settings",
                    "nothing was changed, for " + wrong,
                    problems.stream().map(ConfigResource::problem).toList());
        }
    }

    private static Problem problem(SettingProblem problem) {
        var pointer = "/settings/" + problem.key().replace("~", "~0").replace("/", "~1");
        return new Problem(
                problem.code(), "settings", 0, 0, 1, pointer, problem.key() + ": " + problem.message(), problem.hint());
    }

    private static ApiProblem notCurrent(String wanted, SettingsVersion current) {
        return ApiProblem.of(
                412,
                "precondition-failed",
                "version " + wanted + " was to be replaced, but version " + current.number() + " by "
                        + current.changedBy() + " holds; read it and try again");
    }

    private Answer versions(Call call) {
        var query = call.query("pageSize", "before");
        var before = query.text("before").map(text -> Parameters.number("before", text, 1, Long.MAX_VALUE));
        var json = Json.object();
        var items = json.putArray("items");
        settings.history(before, query.pageSize()).forEach(version -> items.add(json(version)));
        return Answer.ok(json);
    }

    private Answer version(Call call) {
        call.query();
        var number = Parameters.number("n", call.path("n"), 1, Long.MAX_VALUE);
        var version = settings.find(number)
                .orElseThrow(() -> ApiProblem.of(
                        404, "version-not-found", "there is no version " + number + " of the live settings"));
        return Answer.ok(json(version));
    }

    private static Answer show(SettingsVersion version) {
        var json = json(version);
        var defaults = json.putObject("defaults");
        LiveKeys.defaults(version.settings())
                .forEach((key, value) ->
                        value.ifPresentOrElse(known -> defaults.set(key, known), () -> defaults.putNull(key)));
        return new Answer.Json(200, json, Map.of("ETag", etag(version)));
    }

    private static ObjectNode json(SettingsVersion version) {
        var json = Json.object();
        json.put("version", version.number());
        json.set("settings", Json.values(version.settings()));
        json.put("changedAt", Json.time(version.changedAt()));
        json.put("changedBy", version.changedBy());
        Json.putText(json, "note", version.note());
        return json;
    }

    private static String etag(SettingsVersion version) {
        return "\"" + version.number() + "\"";
    }
}
