package dev.dagkeeper.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks {@code .tar.xz}: with the machine's own {@code tar} where there is one, which takes half the time. */
final class TarXz {
    private TarXz() {}

    static void unpack(URL archive, Path directory) throws IOException, InterruptedException {
        if (Executables.find("tar").isPresent() && Executables.find("xz").isPresent()) {
            if (unpackWithTar(archive, directory)) {
                return;
            }
        }
        unpackHere(archive, directory);
    }

    /** Whether it worked; what it may have left behind is written over by {@link #unpackHere}. */
    static boolean unpackWithTar(URL archive, Path directory) throws IOException, InterruptedException {
        var tar = new ProcessBuilder("tar", "-x", "-J", "--no-same-owner", "-f", "-")
                .directory(directory.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var in = archive.openStream();
                var out = tar.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // A tar that cannot read xz ends early; its exit code tells.
            return tar.waitFor() == 0;
        } finally {
            if (Thread.currentThread().isInterrupted()) {
                tar.destroyForcibly();
            }
        }
        return tar.waitFor() == 0;
    }

    static void unpackHere(URL archive, Path directory) throws IOException {
        try (var in = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream())))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                var path = directory.resolve(entry.getName()).normalize();
                if (!path.startsWith(directory)) {
                    throw new IOException(archive + ": entry " + entry.getName() + " points outside the archive");
                }
                unpackEntry(in, entry, path);
            }
        }
    }

    private static void unpackEntry(TarArchiveInputStream in, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        var parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.deleteIfExists(path);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(in, path);
            var executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
