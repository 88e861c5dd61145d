package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * Where an engine of one's own keeps its stores, and where its clients find it. One process at a time owns it, by a lock
 * that the operating system takes away when the process ends.
 *
 * @param path absolute
 */
public record DataDirectory(Path path) {
    public DataDirectory {
        path = path.toAbsolutePath().normalize();
    }

    /**
     * {@code $XDG_DATA_HOME/dagkeeper}, by default {@code ~/.local/share/dagkeeper}.
     *
     * @param environment of the process
     */
    public static DataDirectory byDefault(Map<String, String> environment) {
        var xdg = environment.get("XDG_DATA_HOME");
        var root = xdg != null && xdg.startsWith("/")
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home"), ".local", "share");
        return new DataDirectory(root.resolve("dagkeeper"));
    }

    /**
     * Takes the directory, created when it is new, for this user alone.
     *
     * @throws DataDirectoryInUseException when another process has it, or this one already does
     * @throws EmbeddedStoreException when it cannot be created or written
     */
    public DataDirectoryLock lock() throws IOException {
        try {
            FileTrees.createPrivate(path);
            var owned = PosixFilePermissions.fromString("rwx------");
            if (!Files.getPosixFilePermissions(path).equals(owned)) {
                Files.setPosixFilePermissions(path, owned);
            }
            return DataDirectoryLock.take(this);
        } catch (FileSystemException e) {
            throw new EmbeddedStoreException(
                    "the data directory " + path + " cannot be written by this user (" + e.getMessage()
                            + "); name another with --data-dir or DAGKEEPER_DATA_DIR",
                    e);
        }
    }

    /**
     * Finds the server that runs on this directory. What a killed server left behind is not taken for one.
     *
     * @throws EmbeddedStoreException when there may be one and this user may not know where
     */
    public Optional<ServerAddress> find() throws IOException {
        try {
            var announced = DataDirectoryLock.announced(this);
            return announced.isPresent() && isAlive(announced.get()) ? announced : Optional.empty();
        } catch (AccessDeniedException e) {
            throw new EmbeddedStoreException(
                    "the data directory " + path + " belongs to another user; name another with --data-dir, or a"
                            + " server with --server",
                    e);
        }
    }

    /** The process first: it costs nothing, and a process that is gone has no lock. */
    private boolean isAlive(ServerAddress address) throws IOException {
        return ProcessHandle.of(address.pid()).isPresent() && DataDirectoryLock.isHeld(this);
    }
}
