package dev.dagkeeper.history;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

final class PostgresFileStore implements FileStore {
    private final Pool pool;

    PostgresFileStore(Pool pool) {
        this.pool = pool;
    }

    @Override
    public String put(byte[] content) {
        if (content.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "expected at most " + MAX_BYTES + " bytes in a file, found " + content.length);
        }
        var sha256 = Sha256.of(content);
        pool.with(
                "store file " + sha256,
                handle -> handle.createUpdate("""
                        INSERT INTO file_content (sha256, size, content) VALUES (:sha256, :size, :content)
                        ON CONFLICT DO NOTHING
                        """)
                        .bind("sha256", sha256)
                        .bind("size", content.length)
                        .bind("content", content)
                        .execute());
        return sha256;
    }

    @Override
    public Optional<byte[]> get(String sha256) {
        return pool.with(
                "read file " + sha256,
                handle -> handle.createQuery("SELECT content FROM file_content WHERE sha256 = :sha256")
                        .bind("sha256", sha256)
                        .map((row, context) -> row.getBytes("content"))
                        .findOne());
    }

    @Override
    public Set<String> missing(Collection<String> sha256) {
        return pool.with("look for " + sha256.size() + " files", handle -> missing(handle, sha256));
    }

    static Set<String> missing(Handle handle, Collection<String> sha256) {
        if (sha256.isEmpty()) {
            return Set.of();
        }
        var missing = new HashSet<>(sha256);
        handle.createQuery("SELECT sha256 FROM file_content WHERE sha256 = ANY (:sha256)")
                .bind("sha256", SqlArray.texts(sha256, hash -> hash))
                .mapTo(String.class)
                .forEach(missing::remove);
        return missing;
    }
}
