package dev.dagkeeper.worker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a worker keeps the directories of its attempts and the files of revisions. Held by one process at a time.
 * Thread-safe.
 */
final class WorkDirectory implements AutoCloseable {
    private final Path root;
    private final FileChannel lock;
    private final AtomicLong next = new AtomicLong();

    private WorkDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Takes the directory, creating it when it is not there.
     *
     * @throws IOException when another process has it, or it cannot be written
     */
    static WorkDirectory open(Path directory) throws IOException {
        Files.createDirectories(directory);
        var root = directory.toRealPath();
        var lock = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw inUse(root);
            }
        } catch (OverlappingFileLockException sameProcess) {
            lock.close();
            throw inUse(root);
        } catch (IOException failed) {
            lock.close();
            throw failed;
        }
        return new WorkDirectory(root, lock);
    }

    /** Deletes what an earlier worker left; only after that worker's processes have ended. */
    void clear() throws IOException {
        DirectoryTree.delete(attempts());
        DirectoryTree.delete(revisions());
        createPrivate(attempts());
        createPrivate(revisions());
    }

    private static IOException inUse(Path root) {
        return new IOException("the work directory " + root
                + " is in use by another worker; give each worker on a machine its own data directory");
    }

    /** The path as the file system knows it. */
    Path root() {
        return root;
    }

    /** A path for one attempt that nobody used before; nothing is there yet. */
    Path forAttempt(Claimed claimed) {
        // The number keeps apart a claim that was abandoned and one that came back.
        return attempts().resolve(claimed.key() + "." + claimed.claim() + "-" + next.incrementAndGet());
    }

    /** A path for a revision's files that nobody used before; nothing is there yet. */
    Path forRevision(long revisionId) {
        return revisions().resolve(revisionId + "-" + next.incrementAndGet());
    }

    /** Creates a directory that only this user can enter. */
    static void createPrivate(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private Path attempts() {
        return root.resolve("attempts");
    }

    private Path revisions() {
        return root.resolve("revisions");
    }
}
