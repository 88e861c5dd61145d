package dev.dagkeeper.history;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Contents of files that workflows ship, by their SHA-256 (64 lower-case hexadecimal digits). Thread-safe; methods throw
 * {@link StoreException} when Postgres does not answer.
 */
public interface FileStore {
    /** Most bytes of one content. */
    int MAX_BYTES = 32 << 20;

    /**
     * Stores a content durably; one that is there already stays as it is.
     *
     * @return its hash
     * @throws IllegalArgumentException when it is longer than {@link #MAX_BYTES}
     */
    String put(byte[] content);

    /** A content by its hash. */
    Optional<byte[]> get(String sha256);

    /** Those of the hashes that have no content. */
    Set<String> missing(Collection<String> sha256);
}
