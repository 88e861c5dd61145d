package dev.dagkeeper.api.http;

import dev.dagkeeper.history.ScheduleStore;
import dev.dagkeeper.history.ScheduleStore.TriggerFilter;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.history.WorkflowStore.NewRevision;
import dev.dagkeeper.history.WorkflowStore.NewTrigger;
import dev.dagkeeper.history.WorkflowStore.Outcome;
import dev.dagkeeper.history.WorkflowStore.Producer;
import dev.dagkeeper.history.WorkflowStore.Revision;
import dev.dagkeeper.history.WorkflowStore.RevisionSummary;
import dev.dagkeeper.history.WorkflowStore.WorkflowName;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.workflow.LanguageSchema;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Deployed workflows, their revisions, and the language they are written in. Thread-safe. */
final class WorkflowResource {
    private static final String ONE = "/v1/namespaces/{ns}/workflows/{name}";

    /** How many of its next fires a deploy tells for each trigger. */
    private static final int NEXT_FIRES = 3;

    private static final int MOST_TRIGGERS = 500;

    private final WorkflowStore workflows;
    private final ScheduleStore schedules;
    private final Intake intake;
    private final Revisions revisions;
    private final StepTypes stepTypes;
    private final RunBells bells;
    private final ShownTriggers shown;
    private final InstantSource clock;

    WorkflowResource(Collaborators with, Intake intake, Revisions revisions) {
        this.workflows = with.workflows();
        this.schedules = with.schedules();
        this.intake = intake;
        this.revisions = revisions;
        this.stepTypes = with.stepTypes();
        this.bells = with.bells();
        this.shown = new ShownTriggers(with.datasets());
        this.clock = with.clock();
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/workflows", this::list),
                Route.post("/v1/workflows:validate", this::validate),
                new Route("PUT", ONE, Route.Access.TOKEN, this::deploy),
                Route.get(ONE, this::get),
                new Route("DELETE", ONE, Route.Access.TOKEN, this::undeploy),
                Route.get(ONE + "/revisions/{n}", this::revision),
                Route.get("/v1/schemas/workflow", this::schema));
    }

    private Answer list(Call call) {
        var query = call.query("namespace", "pageSize", "pageToken");
        var size = query.pageSize();
        var found = workflows.list(query.text("namespace"), PageTokens.workflow(query), size);
        var json = Json.object();
        var items = json.putArray("items");
        found.forEach(summary -> items.add(summary(summary)));
        json.put("nextPageToken", found.size() < size ? null : token(found.getLast()));
        return Answer.ok(json);
    }

    private static String token(RevisionSummary last) {
        return PageTokens.of(new WorkflowName(last.namespace(), last.workflow()));
    }

    private Answer validate(Call call) throws IOException {
        call.query();
        var source = Source.read(call);
        var accepted = intake.compile(source.fileName(), source.bytes());
        var workflow = accepted.workflow();
        var json = Json.object();
        json.put("valid", true);
        json.put("workflow", workflow.name());
        json.put("namespace", workflow.namespace());
        json.put("steps", workflow.steps().size());
        json.set("warnings", Json.problems(accepted.warnings()));
        return Answer.ok(json);
    }

    private Answer deploy(Call call) throws IOException {
        call.query();
        var source = Source.read(call);
        var accepted = intake.compileToRun(source);
        var workflow = accepted.workflow();
        checkName(call, workflow);
        call.header("If-Match").ifPresent(wanted -> checkMatch(wanted, workflow));
        var revision = new NewRevision(workflow.namespace(), workflow.name(), source.text(), source.files());
        var triggers = workflow.triggers().stream()
                .map(trigger -> new NewTrigger(trigger.id(), ScheduleJson.write(trigger.schedule())))
                .toList();
        var producers = workflow.steps().stream()
                .flatMap(step -> step.produces().stream().map(uri -> new Producer(step.displayName(), uri)))
                .toList();
        return switch (workflows.deploy(revision, triggers, producers)) {
            case Outcome.Stored stored -> {
                var summary = stored.revision();
                revisions.remember(summary.id(), workflow);
                ScheduleResource.ring(bells::triggersChanged);
                var before = stored.previouslyDeployed();
                var json = summary(summary);
                json.put("changed", before.isEmpty() || before.get() != summary.number());
                json.set("triggers", triggers(workflow));
                json.set("warnings", Json.problems(accepted.warnings()));
                yield new Answer.Json(before.isEmpty() ? 201 : 200, json, Map.of("ETag", etag(summary.number())));
            }
            case Outcome.MissingFiles missing -> throw Intake.contentsMissing(missing.sha256());
        };
    }

    private ArrayNode triggers(Workflow workflow) {
        var now = clock.instant();
        var array = Json.array();
        var found = schedules.list(new TriggerFilter(
                Optional.of(workflow.namespace()), Optional.of(workflow.name()), Optional.empty(), MOST_TRIGGERS));
        shown.of(found, now, NEXT_FIRES).forEach(array::add);
        return array;
    }

    private static void checkName(Call call, Workflow workflow) {
        var wanted = call.path("ns") + "/" + call.path("name");
        var found = workflow.namespace() + "/" + workflow.name();
        if (!wanted.equals(found)) {
            throw ApiProblem.of(
                    422, "name-mismatch", "the path names workflow " + wanted + ", the source names " + found);
        }
    }

    private void checkMatch(String wanted, Workflow workflow) {
        var deployed = workflows
                .deployed(workflow.namespace(), workflow.name())
                .map(revision -> etag(revision.summary().number()));
        var matches = wanted.strip().equals("*") ? deployed.isPresent() : deployed.equals(Optional.of(wanted.strip()));
        if (!matches) {
            throw ApiProblem.of(
                    412,
                    "precondition-failed",
                    "If-Match wants revision " + wanted + ", "
                            + deployed.map(tag -> "deployed is " + tag).orElse("none is deployed"));
        }
    }

    private Answer undeploy(Call call) {
        call.query();
        if (!workflows.undeploy(call.path("ns"), call.path("name"))) {
            throw notFound(call.path("ns"), call.path("name"), Optional.empty());
        }
        ScheduleResource.ring(bells::triggersChanged);
        return new Answer.Empty(204);
    }

    private Answer get(Call call) {
        call.query();
        return show(call, workflows.deployed(call.path("ns"), call.path("name")), Optional.empty());
    }

    private Answer revision(Call call) {
        call.query();
        var number = (int) Parameters.number("n", call.path("n"), 1, Integer.MAX_VALUE);
        return show(call, workflows.revision(call.path("ns"), call.path("name"), number), Optional.of(number));
    }

    private static Answer show(Call call, Optional<Revision> found, Optional<Integer> number) {
        var revision = found.orElseThrow(() -> notFound(call.path("ns"), call.path("name"), number));
        var headers = Map.of("ETag", etag(revision.summary().number()));
        if (call.accept(Source.JSON, Source.YAML).equals(Source.YAML)) {
            var bytes = revision.source().getBytes(StandardCharsets.UTF_8);
            return new Answer.Document(200, Source.YAML, bytes, headers);
        }
        var json = summary(revision.summary());
        json.put("source", revision.source());
        var files = json.putObject("files");
        revision.files()
                .forEach(file -> files.putObject(file.path())
                        .put("sha256", file.sha256())
                        .put("size", file.size())
                        .put("executable", file.executable()));
        return new Answer.Json(200, json, headers);
    }

    private static ObjectNode summary(RevisionSummary summary) {
        var json = Json.object();
        json.put("namespace", summary.namespace());
        json.put("name", summary.workflow());
        json.put("revision", summary.number());
        json.put("createdAt", Json.time(summary.createdAt()));
        return json;
    }

    private Answer schema(Call call) {
        var path = call.query("path").text("path");
        var schema = path.isEmpty()
                ? LanguageSchema.full(stepTypes)
                : LanguageSchema.part(stepTypes, path.get())
                        .orElseThrow(
                                () -> ApiProblem.of(404, "not-found", "the language has no part '" + path.get() + "'"));
        return new Answer.Document(200, "application/schema+json", Json.bytes(schema), Map.of());
    }

    static ApiProblem notFound(String namespace, String name, Optional<Integer> revision) {
        var what = revision.map(n -> "no revision " + n + " of workflow ").orElse("no deployed workflow ");
        return ApiProblem.of(404, "workflow-not-found", "there is " + what + namespace + "/" + name);
    }

    private static String etag(int revision) {
        return "\"" + revision + "\"";
    }
}
