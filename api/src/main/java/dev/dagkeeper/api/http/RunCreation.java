package dev.dagkeeper.api.http;

import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.NewRun.Idempotency;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.WorkflowStore.NewRevision;
import dev.dagkeeper.history.WorkflowStore.Outcome;
import dev.dagkeeper.run.GroupName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.schedule.ManualRuns;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Inputs;
import dev.dagkeeper.workflow.Scope.RunFacts;
import dev.dagkeeper.workflow.Trigger;
import dev.dagkeeper.workflow.Workflow;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Starts runs: checks everything first, then stores, then rings. Thread-safe. */
final class RunCreation {
    private static final Logger LOG = LoggerFactory.getLogger(RunCreation.class);
    private static final int LONGEST_KEY = 255;

    private final Collaborators with;
    private final Intake intake;
    private final Revisions revisions;
    private final Waits waits;
    private final RunQueries queries;

    RunCreation(Collaborators with, Intake intake, Revisions revisions, Waits waits, RunQueries queries) {
        this.with = with;
        this.intake = intake;
        this.revisions = revisions;
        this.waits = waits;
        this.queries = queries;
    }

    Answer create(Call call) throws IOException, InterruptedException {
        call.query();
        var type = call.contentType(Source.JSON, Source.YAML);
        var body = call.body(
                type.equals(Source.YAML)
                        ? call.limits().sourceBytes()
                        : call.limits().jsonBytes());
        var request = type.equals(Source.YAML)
                ? RunRequest.ofSource(Source.unnamed(body))
                : RunRequest.parse(body, call.limits());
        return create(call, request, type, body);
    }

    /**
     * Starts a run as a trigger would.
     *
     * @param revision the deployed one
     */
    Answer create(Call call, TriggerName trigger, int revision) throws IOException, InterruptedException {
        var body = call.body(call.limits().jsonBytes());
        if (body.length > 0) {
            call.contentType(Source.JSON);
        }
        return create(call, RunRequest.ofTrigger(trigger, revision, body), trigger.toString(), body);
    }

    private Answer create(Call call, RunRequest request, String what, byte[] body) throws InterruptedException {
        var key = call.header("Idempotency-Key").map(k -> idempotency(k, what, body));
        var plan = plan(request);
        var id = with.runIds().next();
        var createdAt = with.clock().instant();
        var run = newRun(id, createdAt, request, plan, key);
        return switch (with.runs().create(run)) {
            case NewRun.Outcome.Created _ -> {
                ring(id);
                yield answer(call, id, Map.of());
            }
            case NewRun.Outcome.Replayed replayed ->
                answer(call, replayed.first(), Map.of("Idempotency-Replayed", "true"));
            case NewRun.Outcome.KeyTaken taken ->
                throw ApiProblem.of(
                        422,
                        "idempotency-key-reused",
                        "this Idempotency-Key started run " + taken.first()
                                + " with another body; use a new key for another request");
        };
    }

    /** @param what tells requests with equal bodies apart */
    static Idempotency idempotency(String key, String what, byte[] body) {
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw ApiProblem.badParameter(
                    "expected an Idempotency-Key of 1 to " + LONGEST_KEY + " characters, found " + key.length());
        }
        return new Idempotency(key, what + ":" + FileResource.sha256(body));
    }

    /** The workflow to run and its stored revision. */
    private record Plan(Workflow workflow, long revisionId, int revision) {}

    private Plan plan(RunRequest request) {
        return switch (request.what()) {
            case RunRequest.What.Deployed deployed -> planDeployed(deployed);
            case RunRequest.What.Given given -> planGiven(given.source(), request);
        };
    }

    private Plan planDeployed(RunRequest.What.Deployed deployed) {
        var store = with.workflows();
        var revision = (deployed.revision().isPresent()
                        ? store.revision(
                                deployed.namespace(),
                                deployed.name(),
                                deployed.revision().get())
                        : store.deployed(deployed.namespace(), deployed.name()))
                .orElseThrow(
                        () -> WorkflowResource.notFound(deployed.namespace(), deployed.name(), deployed.revision()));
        var workflow = revisions.workflow(revision);
        Intake.refuseReserved(Revisions.fileName(revision), workflow);
        var summary = revision.summary();
        return new Plan(workflow, summary.id(), summary.number());
    }

    private Plan planGiven(Source source, RunRequest request) {
        var workflow = intake.compileToRun(source).workflow();
        var time = request.at().orElse(with.clock().instant());
        // Once without being kept: inputs that do not fit must leave nothing behind, not even a revision.
        bind(workflow, request, facts("", workflow, 0, time, request));
        var revision = new NewRevision(workflow.namespace(), workflow.name(), source.text(), source.files());
        return switch (with.workflows().store(revision)) {
            case Outcome.Stored stored -> {
                var summary = stored.revision();
                revisions.remember(summary.id(), workflow);
                yield new Plan(workflow, summary.id(), summary.number());
            }
            case Outcome.MissingFiles missing -> throw Intake.contentsMissing(missing.sha256());
        };
    }

    private static NewRun newRun(
            RunId id, Instant createdAt, RunRequest request, Plan plan, Optional<Idempotency> idempotency) {
        var workflow = plan.workflow();
        var facts = facts(id.toString(), workflow, plan.revision(), request.at().orElse(createdAt), request);
        var run = NewRun.of(workflow, id, plan.revisionId(), facts, bind(workflow, request, facts), createdAt);
        var asked = idempotency.map(run::asked).orElse(run);
        return request.priority().map(asked::withPriority).orElse(asked);
    }

    /** It takes the interval of the trigger that is named, else of the only one. */
    private static RunFacts facts(String id, Workflow workflow, int revision, Instant time, RunRequest request) {
        var trigger = named(workflow, request).or(() -> ManualRuns.only(workflow));
        return ManualRuns.facts(id, workflow, revision, time, trigger);
    }

    private static Optional<Trigger> named(Workflow workflow, RunRequest request) {
        return request.trigger()
                .map(id -> ManualRuns.named(workflow, id)
                        .orElseThrow(() -> ApiProblem.of(422, "unknown-trigger", ManualRuns.unknown(workflow, id))));
    }

    private static Map<String, JsonNode> bind(Workflow workflow, RunRequest request, RunFacts facts) {
        return bind(workflow, named(workflow, request), request.inputs(), request.inputTexts(), facts);
    }

    /**
     * The inputs of a run that a client asks for.
     *
     * @param trigger what gives inputs where the client does not
     * @throws ApiProblem 422 when they do not fit, or the run would belong to no concurrency group
     */
    static Map<String, JsonNode> bind(
            Workflow workflow,
            Optional<Trigger> trigger,
            Map<String, JsonNode> inputs,
            Map<String, String> inputTexts,
            RunFacts facts) {
        var given = new HashMap<String, JsonNode>();
        try {
            trigger.ifPresent(source -> given.putAll(Inputs.given(source, facts)));
        } catch (ExpressionException e) {
            throw ApiProblem.of(
                    422,
                    "invalid-inputs",
                    "trigger '" + trigger.map(Trigger::id).orElse("") + "' of workflow '" + workflow.name() + "': "
                            + e.getMessage());
        }
        given.putAll(inputs);
        return switch (Inputs.read(workflow, given, inputTexts, facts)) {
            case Inputs.Binding.Bound bound -> {
                checkGroup(workflow, bound.values(), facts);
                yield bound.values();
            }
            case Inputs.Binding.Refused refused ->
                throw ApiProblem.of(
                        422,
                        "invalid-inputs",
                        "the inputs do not fit workflow '" + workflow.name() + "'",
                        refused.problems());
        };
    }

    private static void checkGroup(Workflow workflow, Map<String, JsonNode> inputs, RunFacts facts) {
        try {
            GroupName.of(workflow, inputs, facts);
        } catch (ExpressionException e) {
            throw ApiProblem.of(
                    422,
                    "no-concurrency-group",
                    "the run belongs to no concurrency group of workflow '" + workflow.name() + "': " + e.getMessage());
        }
    }

    private void ring(RunId id) {
        try {
            with.bells().runCreated(id);
        } catch (RuntimeException e) {
            LOG.debug("bell not rung run={}", id, e);
        }
    }

    private Answer answer(Call call, RunId id, Map<String, String> headers) throws InterruptedException {
        var run = waits.untilFinal(id, Waits.preferred(call.header("Prefer")));
        var all = new HashMap<>(headers);
        all.put("Location", RunJson.path(id));
        return new Answer.Json(run.state().isFinal() ? 200 : 202, queries.full(run), all);
    }
}
