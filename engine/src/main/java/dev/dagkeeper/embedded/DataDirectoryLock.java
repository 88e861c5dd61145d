package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ownership of a {@link DataDirectory} until closed, or until this process ends. Thread-safe.
 *
 * <p>Hazard: a process loses its POSIX locks on a file when it closes <em>any</em> descriptor of that file. So the lock
 * file holds nothing worth reading, who holds it stands in a file of its own, and the owner never opens it again.
 */
public final class DataDirectoryLock implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String HOLDER = "holder";
    private static final String ADDRESS = "server";
    private static final int ATTEMPTS = 10;

    private final DataDirectory directory;
    private final FileChannel channel;

    private DataDirectoryLock(DataDirectory directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** See {@link DataDirectory#lock()}. */
    static DataDirectoryLock take(DataDirectory directory) throws IOException {
        // One thread at a time, so that the answer to "is it ours already?" holds until the file is opened.
        synchronized (DataDirectoryLock.class) {
            if (isHeldByThisProcess(directory)) {
                throw new DataDirectoryInUseException(directory.path(), holder(directory));
            }
            var channel = FileChannel.open(
                    directory.path().resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (tryLock(channel) == null) {
                    throw new DataDirectoryInUseException(directory.path(), holder(directory));
                }
                Files.deleteIfExists(directory.path().resolve(ADDRESS));
                writePrivately(directory.path().resolve(HOLDER), thisProcess());
                return new DataDirectoryLock(directory, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    /** Tries for a moment, because a client that looks whether the directory has an owner holds the lock meanwhile. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        for (var attempt = 1; attempt < ATTEMPTS; attempt++) {
            var lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return channel.tryLock();
    }

    /** Whether some process, this one included, owns the directory now. */
    static boolean isHeld(DataDirectory directory) throws IOException {
        synchronized (DataDirectoryLock.class) {
            if (isHeldByThisProcess(directory)) {
                return true;
            }
            try (var channel = FileChannel.open(directory.path().resolve(LOCK), StandardOpenOption.WRITE)) {
                return channel.tryLock() == null;
            } catch (OverlappingFileLockException e) {
                return true;
            } catch (NoSuchFileException e) {
                return false;
            }
        }
    }

    /** What the owner announced, if it did; it may be gone. */
    static Optional<ServerAddress> announced(DataDirectory directory) throws IOException {
        try {
            return ServerAddress.parse(Files.readString(directory.path().resolve(ADDRESS)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static boolean isHeldByThisProcess(DataDirectory directory) throws IOException {
        return holderLine(directory).equals(thisProcess());
    }

    private static Optional<Long> holder(DataDirectory directory) throws IOException {
        var pid = holderLine(directory).split(" ", 2)[0];
        return pid.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(pid)) : Optional.empty();
    }

    private static String holderLine(DataDirectory directory) throws IOException {
        try {
            return Files.readString(directory.path().resolve(HOLDER));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** The number alone is used again, in a container at every start. */
    private static String thisProcess() {
        var process = ProcessHandle.current();
        return process.pid() + " started "
                + process.info().startInstant().map(Object::toString).orElse("?") + "\n";
    }

    private static void writePrivately(Path target, String text) throws IOException {
        var unfinished = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, text);
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The directory that is owned. */
    public DataDirectory directory() {
        return directory;
    }

    /** Tells clients on this machine where the server is; readable by this user only, withdrawn at close. */
    public synchronized void announce(ServerAddress address) throws IOException {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the data directory " + directory.path() + " is no longer locked");
        }
        writePrivately(directory.path().resolve(ADDRESS), address.format());
    }

    /** Withdraws the announcement and gives the directory free. Harmless twice. */
    @Override
    public synchronized void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            Files.deleteIfExists(directory.path().resolve(ADDRESS));
            Files.deleteIfExists(directory.path().resolve(HOLDER));
        }
    }
}
