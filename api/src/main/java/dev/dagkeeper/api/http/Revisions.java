package dev.dagkeeper.api.http;

import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.history.WorkflowStore.Revision;
import dev.dagkeeper.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last used revisions as checked workflows; a revision never changes. Thread-safe. */
final class Revisions {
    private static final int MOST = 32;

    private final WorkflowStore workflows;
    private final Intake intake;
    private final LinkedHashMap<Long, Workflow> compiled = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Workflow> eldest) {
            return size() > MOST;
        }
    };

    Revisions(WorkflowStore workflows, Intake intake) {
        this.workflows = workflows;
        this.intake = intake;
    }

    /** The workflow that runs of the revision carry out. */
    Workflow workflow(long revisionId) {
        var known = find(revisionId);
        if (known != null) {
            return known;
        }
        return workflow(workflows
                .revision(revisionId)
                .orElseThrow(() -> new IllegalStateException("revision " + revisionId + " of a run is not stored")));
    }

    /**
     * The same for a revision that was read.
     *
     * @throws ApiProblem 422 when this server does not accept it: its step types may have changed since
     */
    Workflow workflow(Revision revision) {
        var id = revision.summary().id();
        var known = find(id);
        if (known != null) {
            return known;
        }
        var accepted = intake.compile(fileName(revision), revision.source().getBytes(StandardCharsets.UTF_8));
        remember(id, accepted.workflow());
        return accepted.workflow();
    }

    synchronized void remember(long revisionId, Workflow workflow) {
        compiled.put(revisionId, workflow);
    }

    static String fileName(Revision revision) {
        var summary = revision.summary();
        return summary.namespace() + "/" + summary.workflow() + "@" + summary.number();
    }

    private synchronized @org.jspecify.annotations.Nullable Workflow find(long revisionId) {
        return compiled.get(revisionId);
    }
}
