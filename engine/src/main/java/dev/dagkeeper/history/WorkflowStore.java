package dev.dagkeeper.history;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Workflows and their revisions. A revision never changes; storing the same content again gives the same revision.
 * Thread-safe; methods throw {@link StoreException} when Postgres does not answer.
 */
public interface WorkflowStore {
    /** Stores a revision without deploying it, durably. */
    Outcome store(NewRevision revision);

    /**
     * Stores a revision and makes it the one that the workflow's name means, durably.
     *
     * @param triggers all that the revision has; those that only its predecessor has end with it
     * @param producers which steps of it produce which datasets
     */
    Outcome deploy(NewRevision revision, List<NewTrigger> triggers, List<Producer> producers);

    /** As {@link #deploy(NewRevision, List, List)}, for a workflow that produces no dataset. */
    default Outcome deploy(NewRevision revision, List<NewTrigger> triggers) {
        return deploy(revision, triggers, List.of());
    }

    /**
     * Makes the workflow's name mean nothing and ends its triggers, durably. Its revisions stay, and so do its runs.
     *
     * @return whether it was deployed
     */
    boolean undeploy(String namespace, String workflow);

    /** A revision by its id, as runs are pinned to it. */
    Optional<Revision> revision(long id);

    /** A revision by its number within its workflow. */
    Optional<Revision> revision(String namespace, String workflow, int number);

    /** The deployed revision. */
    Optional<Revision> deployed(String namespace, String workflow);

    /**
     * Deployed workflows in order of namespace and name.
     *
     * @param namespace only of this one
     * @param after the last of the page before
     * @param limit 1 to 500
     */
    List<RevisionSummary> list(Optional<String> namespace, Optional<WorkflowName> after, int limit);

    /**
     * Revisions of one workflow, newest first.
     *
     * @param before only revisions with a smaller number
     * @param limit 1 to 500
     */
    List<RevisionSummary> history(String namespace, String workflow, Optional<Integer> before, int limit);

    /** A workflow's full name. */
    record WorkflowName(String namespace, String name) {}

    /**
     * What to store.
     *
     * @param source the YAML text as written
     * @param files what the workflow ships; each one's content is stored before ({@link FileStore})
     */
    record NewRevision(String namespace, String workflow, String source, List<FileRef> files) {
        public NewRevision {
            files = List.copyOf(files);
        }
    }

    /**
     * A trigger of a revision that is deployed.
     *
     * @param name its id in the source
     * @param schedule when it fires, as JSON; a trigger counts anew from the moment when this changes
     */
    record NewTrigger(String name, String schedule) {}

    /** A step, by its display name, that produces a dataset. */
    record Producer(String step, String uri) {}

    /**
     * A file of a revision.
     *
     * @param path relative to the workflow's file, with {@code /}
     * @param sha256 of the content, 64 lower-case hexadecimal digits
     */
    record FileRef(String path, String sha256, long size, boolean executable) {}

    /** What came of storing. */
    sealed interface Outcome {
        /**
         * The revision is stored.
         *
         * @param created false when its content was known before
         * @param previouslyDeployed what a deploy replaced; the revision itself when it was deployed already
         */
        record Stored(RevisionSummary revision, boolean created, Optional<Integer> previouslyDeployed)
                implements Outcome {}

        /** Nothing is stored: the contents with these hashes are not there. */
        record MissingFiles(Set<String> sha256) implements Outcome {}
    }

    /**
     * A revision without its content.
     *
     * @param number from 1, within its workflow
     * @param hash SHA-256 of the content, 64 hexadecimal digits
     */
    record RevisionSummary(
            long id, String namespace, String workflow, int number, String hash, Instant createdAt, boolean deployed) {}

    /** A revision with its content. */
    record Revision(RevisionSummary summary, String source, List<FileRef> files) {
        public Revision {
            files = List.copyOf(files);
        }
    }
}
