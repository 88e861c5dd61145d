package dev.dagkeeper.api.server;

import dev.dagkeeper.history.FileStore;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.history.WorkflowStore.FileRef;
import dev.dagkeeper.history.WorkflowStore.Revision;
import dev.dagkeeper.master.Workflows;
import dev.dagkeeper.worker.Revisions;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Stored revisions as the leader and the worker want them. Thread-safe; the compiler given remembers. */
final class CompiledRevisions {
    private static final int KEPT = 128;

    private final WorkflowStore workflows;
    private final FileStore files;
    private final WorkflowCompiler compiler;

    private final LinkedHashMap<Long, Workflow> used = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Workflow> eldest) {
            return size() > KEPT;
        }
    };

    CompiledRevisions(WorkflowStore workflows, FileStore files, WorkflowCompiler compiler) {
        this.workflows = workflows;
        this.files = files;
        this.compiler = compiler;
    }

    /** Asked for each run that is created or loaded: the last used ones cost no question to Postgres. */
    Workflows forLeader() {
        return revisionId -> {
            var known = known(revisionId);
            if (known.isPresent()) {
                return known;
            }
            var compiled = workflows.revision(revisionId).flatMap(this::compile);
            compiled.ifPresent(workflow -> remember(revisionId, workflow));
            return compiled;
        };
    }

    private Optional<Workflow> known(long revisionId) {
        synchronized (used) {
            return Optional.ofNullable(used.get(revisionId));
        }
    }

    private void remember(long revisionId, Workflow workflow) {
        synchronized (used) {
            used.put(revisionId, workflow);
        }
    }

    Revisions forWorker() {
        return revisionId -> workflows
                .revision(revisionId)
                .flatMap(revision -> compile(revision)
                        .map(workflow -> new Revisions.Content(
                                workflow,
                                revision.files().stream().map(this::shipped).toList())));
    }

    private Optional<Workflow> compile(Revision revision) {
        var summary = revision.summary();
        var name = summary.namespace() + "/" + summary.workflow() + "@" + summary.number();
        return switch (compiler.compile(name, revision.source().getBytes(StandardCharsets.UTF_8))) {
            case WorkflowCompiler.Compilation.Accepted(var workflow, var _) -> Optional.of(workflow);
            case WorkflowCompiler.Compilation.Rejected _ -> Optional.empty();
        };
    }

    private Revisions.ShippedFile shipped(FileRef file) {
        return new Revisions.ShippedFile(
                file.path(),
                file.executable(),
                () -> files.get(file.sha256())
                        .orElseThrow(() ->
                                new IllegalStateException("file " + file.path() + " of a revision is not stored")));
    }
}
