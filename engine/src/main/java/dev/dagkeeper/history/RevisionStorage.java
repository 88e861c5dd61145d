package dev.dagkeeper.history;

import dev.dagkeeper.history.WorkflowStore.FileRef;
import dev.dagkeeper.history.WorkflowStore.NewRevision;
import dev.dagkeeper.history.WorkflowStore.Outcome;
import dev.dagkeeper.history.WorkflowStore.RevisionSummary;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Stores and deploys revisions, inside a transaction of the caller. */
final class RevisionStorage {
    private static final int MAX_LIMIT = 500;

    private RevisionStorage() {}

    static int checkedLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("expected a limit of 1 to " + MAX_LIMIT + ", found " + limit);
        }
        return limit;
    }

    /** @param deploy what follows when the revision is to become what the workflow's name means */
    static Outcome store(Handle handle, NewRevision revision, Optional<TriggerWrites.Deployment> deploy) {
        var hashes = revision.files().stream().map(FileRef::sha256).collect(Collectors.toSet());
        var missing = PostgresFileStore.missing(handle, hashes);
        if (!missing.isEmpty()) {
            return new Outcome.MissingFiles(Set.copyOf(missing));
        }
        var workflow = lockWorkflow(handle, revision);
        var hash = hash(revision);
        var known = find(handle, workflow, hash);
        var stored = known.orElseGet(() -> insert(handle, workflow, revision, hash));
        if (deploy.isPresent()) {
            handle.createUpdate("UPDATE workflow SET deployed_revision = :number WHERE id = :id")
                    .bind("number", stored.number())
                    .bind("id", workflow.id())
                    .execute();
            TriggerWrites.deploy(handle, workflow.id(), stored.id(), deploy.get());
        }
        var deployed = deploy.isPresent()
                || workflow.deployed()
                        .filter(number -> number == stored.number())
                        .isPresent();
        return new Outcome.Stored(
                new RevisionSummary(
                        stored.id(),
                        revision.namespace(),
                        revision.workflow(),
                        stored.number(),
                        hash,
                        stored.createdAt(),
                        deployed),
                known.isEmpty(),
                workflow.deployed());
    }

    /** The row's lock makes the numbers of concurrently stored revisions consecutive. */
    private static Workflow lockWorkflow(Handle handle, NewRevision revision) {
        handle.createUpdate("""
                        INSERT INTO workflow (namespace, name) VALUES (:namespace, :name) ON CONFLICT DO NOTHING
                        """)
                .bind("namespace", revision.namespace())
                .bind("name", revision.workflow())
                .execute();
        return handle.createQuery("""
                        SELECT id, deployed_revision FROM workflow
                        WHERE namespace = :namespace AND name = :name
                        FOR NO KEY UPDATE
                        """)
                .bind("namespace", revision.namespace())
                .bind("name", revision.workflow())
                .map((row, context) ->
                        new Workflow(row.getLong("id"), Columns.optionalInteger(row, "deployed_revision")))
                .one();
    }

    private static Optional<Numbered> find(Handle handle, Workflow workflow, String hash) {
        return handle.createQuery("""
                        SELECT id, number, created_at FROM workflow_revision
                        WHERE workflow_id = :workflow AND hash = :hash
                        """)
                .bind("workflow", workflow.id())
                .bind("hash", hash)
                .map((row, context) ->
                        new Numbered(row.getLong("id"), row.getInt("number"), Columns.time(row, "created_at")))
                .findOne();
    }

    private static Numbered insert(Handle handle, Workflow workflow, NewRevision revision, String hash) {
        var stored = handle.createQuery("""
                        INSERT INTO workflow_revision (workflow_id, number, hash, source)
                        SELECT :workflow, coalesce(max(number), 0) + 1, :hash, :source
                        FROM workflow_revision WHERE workflow_id = :workflow
                        RETURNING id, number, created_at
                        """)
                .bind("workflow", workflow.id())
                .bind("hash", hash)
                .bind("source", revision.source())
                .map((row, context) ->
                        new Numbered(row.getLong("id"), row.getInt("number"), Columns.time(row, "created_at")))
                .one();
        handle.createUpdate("""
                        INSERT INTO revision_file (revision_id, path, sha256, executable)
                        SELECT :revision, f.path, f.sha256, f.executable
                        FROM unnest(:paths, :hashes, :executables) AS f (path, sha256, executable)
                        """)
                .bind("revision", stored.id())
                .bind("paths", SqlArray.texts(revision.files(), FileRef::path))
                .bind("hashes", SqlArray.texts(revision.files(), FileRef::sha256))
                .bind("executables", SqlArray.booleans(revision.files(), FileRef::executable))
                .execute();
        return stored;
    }

    /** Over the source and the list of files; lengths in front keep different contents apart. */
    private static String hash(NewRevision revision) {
        var text = new StringBuilder()
                .append(revision.source().length())
                .append('\n')
                .append(revision.source());
        revision.files().stream()
                .sorted(Comparator.comparing(FileRef::path))
                .forEach(file -> text.append('\n')
                        .append(file.sha256())
                        .append(file.executable() ? " x " : " - ")
                        .append(file.path()));
        return Sha256.of(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private record Workflow(long id, Optional<Integer> deployed) {}

    private record Numbered(long id, int number, java.time.Instant createdAt) {}
}
