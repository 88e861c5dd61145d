package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Postgres database cluster on disk, with the password of its only role beside it. It is made under another name and
 * gets its own last, so one that exists is whole.
 *
 * @param directory holds {@code data}, {@code password} and {@code log}
 * @param password random, made with the cluster
 */
record PostgresCluster(Path directory, String password) {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);
    static final String USER = "dagkeeper";
    private static final String MAJOR_VERSION = "18";

    Path data() {
        return directory.resolve("data");
    }

    /** What Postgres says: warnings and errors, and why it did not start. */
    Path log() {
        return directory.resolve("log");
    }

    /** Opens the cluster in the directory, made now when there is none. */
    static PostgresCluster openOrCreate(Path directory, PostgresBinaries binaries, List<String> prefix)
            throws IOException, InterruptedException {
        if (!Files.exists(directory.resolve("data"))) {
            create(directory, binaries, prefix);
        }
        var version = Files.readString(directory.resolve("data/PG_VERSION")).strip();
        if (!version.equals(MAJOR_VERSION)) {
            throw new EmbeddedStoreException(
                    "%s was made by Postgres %s, and this dagkeeper carries Postgres %s; start it with"
                                    .formatted(directory, version, MAJOR_VERSION)
                            + " the dagkeeper that made it, or choose another --data-dir");
        }
        return new PostgresCluster(
                directory, Files.readString(directory.resolve("password")).strip());
    }

    private static void create(Path directory, PostgresBinaries binaries, List<String> prefix)
            throws IOException, InterruptedException {
        var parent = directory.resolveSibling(".").normalize();
        var prefixOfUnfinished = directory.getFileName() + ".new.";
        deleteUnfinished(parent, prefixOfUnfinished);
        // A name of its own each time: an initdb of a killed process may still be writing under another.
        var unfinished = Files.createTempDirectory(parent, prefixOfUnfinished);
        try {
            writePassword(unfinished.resolve("password"));
            initdb(unfinished, binaries, prefix);
            // Only what proves the password gets in, and only from this machine.
            Files.writeString(unfinished.resolve("data/pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
            FileTrees.sync(unfinished);
            Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
            FileTrees.syncDirectory(parent);
        } catch (FileSystemException e) {
            throw new EmbeddedStoreException(
                    "no database can be made in " + directory + " (" + e.getMessage()
                            + "); the directory must be missing or empty, and writable by this user",
                    e);
        } finally {
            FileTrees.delete(unfinished);
        }
    }

    private static void deleteUnfinished(Path parent, String prefix) throws IOException {
        try (var left = Files.newDirectoryStream(parent, prefix + "*")) {
            for (var directory : left) {
                deleteIfQuiet(directory);
            }
        }
    }

    private static void deleteIfQuiet(Path directory) {
        try {
            FileTrees.delete(directory);
        } catch (IOException e) {
            LOG.debug("{} is still written to and is deleted another time: {}", directory, e.toString());
        }
    }

    private static void writePassword(Path file) throws IOException {
        var random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(random) + "\n");
    }

    /** Without its own sync, which is part of ours. */
    private static void initdb(Path directory, PostgresBinaries binaries, List<String> prefix)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + directory.resolve("data"),
                "--username=" + USER,
                "--pwfile=" + directory.resolve("password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // The C locale exists everywhere, and the built-in C.UTF-8 sorts the same on every machine.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
                "--no-sync"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        Postmaster.cleanEnvironment(builder.environment());
        var initdb = builder.start();
        initdb.getOutputStream().close();
        try {
            var output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var exitCode = initdb.waitFor();
            if (exitCode != 0) {
                throw new EmbeddedStoreException("initdb could not make a database in " + directory + ", exit code "
                        + exitCode + ":\n" + output.strip());
            }
        } finally {
            initdb.destroyForcibly();
        }
    }
}
