package dev.dagkeeper.worker;

import dev.dagkeeper.worker.Revisions.ShippedFile;
import dev.dagkeeper.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** A revision that attempts of this worker use, with its files laid out on disk at the first need. Thread-safe. */
final class Revision {
    private final long id;
    private final Workflow workflow;
    private final List<ShippedFile> files;
    private final WorkDirectory work;
    /** Copying from the directory takes it shared; making and deleting the directory takes it alone. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private @Nullable Path laidOut;

    Revision(long id, Revisions.Content content, WorkDirectory work) {
        this.id = id;
        this.workflow = content.workflow();
        this.files = content.files();
        this.work = work;
    }

    Workflow workflow() {
        return workflow;
    }

    /** Puts its files into an attempt's empty directory. */
    void copyFilesInto(Path directory) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        while (!copied(directory)) {
            layOut();
        }
    }

    /** Gives the disk space back; a later attempt lays the files out again. */
    void retire() throws IOException {
        lock.writeLock().lock();
        try {
            if (laidOut != null) {
                DirectoryTree.delete(laidOut);
                laidOut = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean copied(Path directory) throws IOException {
        lock.readLock().lock();
        try {
            if (laidOut == null) {
                return false;
            }
            DirectoryTree.copy(laidOut, directory);
            return true;
        } finally {
            lock.readLock().unlock();
        }
    }

    private void layOut() throws IOException {
        lock.writeLock().lock();
        try {
            if (laidOut == null) {
                var directory = work.forRevision(id);
                WorkDirectory.createPrivate(directory);
                for (var file : files) {
                    write(directory, file);
                }
                laidOut = directory;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static void write(Path directory, ShippedFile file) throws IOException {
        var target = directory.resolve(file.path()).normalize();
        if (!target.startsWith(directory) || target.equals(directory)) {
            throw new IOException("the revision's file '" + file.path() + "' is outside of its directory");
        }
        Files.createDirectories(target.getParent());
        Files.write(target, file.content().read());
        Files.setPosixFilePermissions(
                target, PosixFilePermissions.fromString(file.executable() ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
