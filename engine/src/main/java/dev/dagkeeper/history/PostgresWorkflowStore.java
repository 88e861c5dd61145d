package dev.dagkeeper.history;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Workflows as they are shown; how they are stored is in {@link RevisionStorage}. */
final class PostgresWorkflowStore implements WorkflowStore {
    private static final String SUMMARY = """
            r.id, w.namespace, w.name, r.number, r.hash, r.created_at, coalesce(w.deployed_revision = r.number, false) AS deployed
            """;

    private static final String REVISIONS = " FROM workflow w JOIN workflow_revision r ON r.workflow_id = w.id ";

    private final Pool pool;

    PostgresWorkflowStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Outcome store(NewRevision revision) {
        return pool.inTransaction(
                "store a revision of " + name(revision),
                handle -> RevisionStorage.store(handle, revision, Optional.empty()));
    }

    @Override
    public Outcome deploy(NewRevision revision, List<NewTrigger> triggers, List<Producer> producers) {
        return pool.inTransaction(
                "deploy " + name(revision),
                handle -> RevisionStorage.store(
                        handle, revision, Optional.of(new TriggerWrites.Deployment(triggers, producers))));
    }

    @Override
    public boolean undeploy(String namespace, String workflow) {
        return pool.inTransaction("undeploy " + namespace + "/" + workflow, handle -> {
            var undeployed = handle.createQuery("""
                            UPDATE workflow SET deployed_revision = NULL
                            WHERE namespace = :namespace AND name = :name AND deployed_revision IS NOT NULL
                            RETURNING id
                            """)
                    .bind("namespace", namespace)
                    .bind("name", workflow)
                    .mapTo(Long.class)
                    .findOne();
            undeployed.ifPresent(id -> TriggerWrites.removeAll(handle, id));
            return undeployed.isPresent();
        });
    }

    private static String name(NewRevision revision) {
        return revision.namespace() + "/" + revision.workflow();
    }

    @Override
    public Optional<Revision> revision(long id) {
        return pool.with(
                "read revision " + id,
                handle -> one(
                        handle,
                        handle.createQuery("SELECT %s, r.source %s WHERE r.id = :id".formatted(SUMMARY, REVISIONS))
                                .bind("id", id)));
    }

    @Override
    public Optional<Revision> revision(String namespace, String workflow, int number) {
        return pool.with(
                "read revision " + number + " of " + workflow,
                handle -> one(
                        handle,
                        handle.createQuery("""
                        SELECT %s, r.source %s WHERE w.namespace = :namespace AND w.name = :name AND r.number = :number
                        """.formatted(SUMMARY, REVISIONS))
                                .bind("namespace", namespace)
                                .bind("name", workflow)
                                .bind("number", number)));
    }

    @Override
    public Optional<Revision> deployed(String namespace, String workflow) {
        return pool.with(
                "read workflow " + workflow,
                handle -> one(
                        handle,
                        handle.createQuery("""
                        SELECT %s, r.source %s
                        WHERE w.namespace = :namespace AND w.name = :name AND r.number = w.deployed_revision
                        """.formatted(SUMMARY, REVISIONS))
                                .bind("namespace", namespace)
                                .bind("name", workflow)));
    }

    private static Optional<Revision> one(Handle handle, Query query) {
        return query.map((row, context) -> {
                    var summary = summary(row);
                    return new Revision(summary, row.getString("source"), files(handle, summary.id()));
                })
                .findOne();
    }

    private static List<FileRef> files(Handle handle, long revision) {
        return handle.createQuery("""
                        SELECT f.path, f.sha256, c.size, f.executable
                        FROM revision_file f JOIN file_content c ON c.sha256 = f.sha256
                        WHERE f.revision_id = :revision
                        ORDER BY f.path
                        """)
                .bind("revision", revision)
                .map((row, context) -> new FileRef(
                        row.getString("path"),
                        row.getString("sha256"),
                        row.getLong("size"),
                        row.getBoolean("executable")))
                .list();
    }

    @Override
    public List<RevisionSummary> list(Optional<String> namespace, Optional<WorkflowName> after, int limit) {
        return pool.with(
                "list workflows",
                handle -> handle.createQuery("""
                        SELECT %s %s
                        WHERE r.number = w.deployed_revision
                            AND (w.namespace, w.name) > (:after_namespace, :after_name)
                            AND w.namespace = coalesce(:namespace, w.namespace)
                        ORDER BY w.namespace, w.name
                        LIMIT :limit
                        """.formatted(SUMMARY, REVISIONS))
                        .bind("namespace", namespace.orElse(null))
                        .bind(
                                "after_namespace",
                                after.map(WorkflowName::namespace).orElse(""))
                        .bind("after_name", after.map(WorkflowName::name).orElse(""))
                        .bind("limit", RevisionStorage.checkedLimit(limit))
                        .map((row, context) -> summary(row))
                        .list());
    }

    @Override
    public List<RevisionSummary> history(String namespace, String workflow, Optional<Integer> before, int limit) {
        return pool.with(
                "list revisions of " + workflow,
                handle -> handle.createQuery("""
                        SELECT %s %s
                        WHERE w.namespace = :namespace AND w.name = :name AND r.number < :before
                        ORDER BY r.number DESC
                        LIMIT :limit
                        """.formatted(SUMMARY, REVISIONS))
                        .bind("namespace", namespace)
                        .bind("name", workflow)
                        .bind("before", before.orElse(Integer.MAX_VALUE))
                        .bind("limit", RevisionStorage.checkedLimit(limit))
                        .map((row, context) -> summary(row))
                        .list());
    }

    private static RevisionSummary summary(ResultSet row) throws SQLException {
        return new RevisionSummary(
                row.getLong("id"),
                row.getString("namespace"),
                row.getString("name"),
                row.getInt("number"),
                row.getString("hash"),
                Columns.time(row, "created_at"),
                row.getBoolean("deployed"));
    }
}
