package dev.dagkeeper.worker;

import dev.dagkeeper.workflow.Workflow;
import java.util.List;
import java.util.Optional;

/** Where a worker gets the revisions that runs are pinned to. Thread-safe. */
public interface Revisions {
    /**
     * A revision, compiled. The worker keeps the answer, so it need not be fast.
     *
     * @return empty when there is no such revision
     * @throws dev.dagkeeper.history.StoreException when the store does not answer
     */
    Optional<Content> find(long revisionId);

    /**
     * A revision.
     *
     * @param files shipped with it
     */
    record Content(Workflow workflow, List<ShippedFile> files) {
        public Content {
            files = List.copyOf(files);
        }
    }

    /**
     * A file that every attempt finds in its working directory.
     *
     * @param path relative, with {@code /} between its parts, and never above its directory
     * @param executable whether the owner may run it
     * @param content reads it; rarely asked: the worker keeps the files of the revisions it uses
     */
    record ShippedFile(String path, boolean executable, FileContent content) {}

    /** The bytes of one file. */
    @FunctionalInterface
    interface FileContent {
        /**
         * Reads them all; at most 32 MiB.
         *
         * @throws dev.dagkeeper.history.StoreException when the store does not answer
         */
        byte[] read();
    }
}
