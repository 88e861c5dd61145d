package dev.dagkeeper.worker;

import dev.dagkeeper.history.FileStore;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.history.WorkflowStore.FileRef;
import dev.dagkeeper.workflow.WorkflowCompiler;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Revisions from the store, compiled with what this process knows. Thread-safe. */
public final class StoredRevisions implements Revisions {
    private final WorkflowStore workflows;
    private final FileStore files;
    private final WorkflowCompiler compiler;

    public StoredRevisions(WorkflowStore workflows, FileStore files, WorkflowCompiler compiler) {
        this.workflows = workflows;
        this.files = files;
        this.compiler = compiler;
    }

    /**
     * As in the interface.
     *
     * @throws IllegalStateException when the revision does not compile here; the message holds the first problem
     */
    @Override
    public Optional<Content> find(long revisionId) {
        return workflows.revision(revisionId).map(this::content);
    }

    private Content content(WorkflowStore.Revision revision) {
        var name = revision.summary().workflow() + ".yaml";
        return switch (compiler.compile(name, revision.source().getBytes(StandardCharsets.UTF_8))) {
            case Compilation.Accepted(var workflow, var _) ->
                new Content(
                        workflow, revision.files().stream().map(this::shipped).toList());
            case Compilation.Rejected(var problems) ->
                throw new IllegalStateException(
                        "revision %d of workflow %s does not compile on this worker (is its version or one of its step types older?): %s"
                                .formatted(
                                        revision.summary().number(),
                                        revision.summary().workflow(),
                                        problems.getFirst().message()));
        };
    }

    private ShippedFile shipped(FileRef file) {
        return new ShippedFile(
                file.path(),
                file.executable(),
                () -> files.get(file.sha256())
                        .orElseThrow(() -> new IllegalStateException(
                                "the content of the shipped file " + file.path() + " is not in the store")));
    }
}
