package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.SourceFile.Shipped;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files that a workflow's {@code files} names: found beside it, none from outside its directory, and uploaded. */
final class ShippedFiles {
    private static final long MOST_BYTES = 32L * 1024 * 1024;
    private static final int MOST_FILES = 10_000;

    private final Path directory;
    private final TreeMap<String, Path> found = new TreeMap<>();
    private long bytes;

    private ShippedFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * Expands paths and globs.
     *
     * @param workflow the workflow's own file
     * @throws Failure when a path is missing, leads outside, or it is too much
     */
    static ShippedFiles find(Path workflow, List<String> patterns) throws IOException {
        var parent = workflow.toRealPath().getParent();
        var files = new ShippedFiles(parent == null ? Path.of("/") : parent);
        for (var pattern : patterns) {
            files.add(pattern);
        }
        return files;
    }

    /** Paths relative to the workflow, with slashes, and where they lead. */
    Map<String, Path> paths() {
        return found;
    }

    /** Uploads what the server does not have yet. */
    Map<String, Shipped> upload(DagkeeperClient client) throws IOException {
        var shipped = new TreeMap<String, Shipped>();
        for (var entry : found.entrySet()) {
            var content = Files.readAllBytes(entry.getValue());
            var hash = sha256(content);
            if (!client.hasFile(hash)) {
                client.putFile(hash, content);
            }
            shipped.put(entry.getKey(), new Shipped(hash, content.length, Files.isExecutable(entry.getValue())));
        }
        return shipped;
    }

    private void add(String pattern) throws IOException {
        if (Path.of(pattern).isAbsolute() || List.of(pattern.split("/", -1)).contains("..")) {
            throw outside(pattern);
        }
        var before = found.size();
        if (isGlob(pattern)) {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            walk(directory, pattern, path -> matcher.matches(directory.relativize(path)));
        } else {
            var path = directory.resolve(pattern).normalize();
            if (!Files.exists(path)) {
                throw new Failure(
                        ExitCode.USAGE, "files: there is no '" + pattern + "' beside the workflow, in " + directory);
            }
            inside(path, pattern);
            walk(path, pattern, any -> true);
        }
        if (found.size() == before && isGlob(pattern)) {
            throw new Failure(ExitCode.USAGE, "files: nothing matches '" + pattern + "' in " + directory);
        }
    }

    private void walk(Path start, String pattern, java.util.function.Predicate<Path> matches) throws IOException {
        try (var walk = Files.walk(start)) {
            for (var path : (Iterable<Path>) walk::iterator) {
                if (matches.test(path) && Files.isRegularFile(path)) {
                    inside(path, pattern);
                    put(path);
                }
            }
        }
    }

    private void put(Path path) throws IOException {
        var name = directory.relativize(path).toString().replace('\\', '/');
        if (found.put(name, path) == null) {
            bytes += Files.size(path);
        }
        if (bytes > MOST_BYTES || found.size() > MOST_FILES) {
            throw new Failure(
                    ExitCode.USAGE,
                    "files: more than 32 MiB or " + MOST_FILES + " files to ship, at '" + name + "'",
                    "Ship less, or let the steps fetch large data themselves.");
        }
    }

    /** A link may lead anywhere: only where it really leads counts. */
    private void inside(Path path, String pattern) throws IOException {
        if (!path.toRealPath().startsWith(directory)) {
            throw outside(pattern);
        }
    }

    private Failure outside(String pattern) {
        return new Failure(
                ExitCode.USAGE, "files: '" + pattern + "' leads outside the workflow's directory " + directory);
    }

    private static boolean isGlob(String pattern) {
        return pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '{');
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
