package dev.dagkeeper.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The program as users have it: a directory with {@code ./dagkeeper} and a copy of the examples. The launcher is the real one
 * when the module {@code api} has been packaged, as it is in a whole build; otherwise a line that starts the classes under test.
 *
 * @param directory where commands are run
 */
record Program(Path directory) {
    private static final long PATIENCE_SECONDS = 300;

    /** What a command came to. */
    record Outcome(int code, String out, String err) {
        /** Everything it said, for messages of tests. */
        String said() {
            return "exit code " + code + "\n--- stdout\n" + out + "--- stderr\n" + err;
        }
    }

    static Program install(Path directory) throws IOException, InterruptedException {
        copyExamples(directory.resolve("workflows-examples"));
        var launcher = directory.resolve("dagkeeper");
        var libraries = Repository.ROOT.resolve("api/target/dagkeeper/lib");
        if (isPackaged(libraries)) {
            Files.createSymbolicLink(launcher, distribution(libraries));
            // The very first start prepares the others, longer than a test waits for a server.
            new Program(directory).run(directory.resolve("data"), "version");
        } else {
            var java = Path.of(System.getProperty("java.home"), "bin", "java");
            Files.writeString(launcher, """
                    #!/bin/sh
                    exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \\
                      --sun-misc-unsafe-memory-access=allow -cp '%s' dev.dagkeeper.api.cli.Main "$@"
                    """.formatted(java, System.getProperty("java.class.path")));
            makeExecutable(launcher);
        }
        return new Program(directory);
    }

    /**
     * The launcher of one distribution for all JVMs of this build, of which the first to start it prepares its fast start for
     * the others; they may be here at the same time.
     */
    private static Path distribution(Path libraries) throws IOException {
        var home = Files.createDirectories(Repository.EXAMPLES.resolve("target/dagkeeper"));
        var launcher = home.resolve("dagkeeper");
        var copy = Files.createTempFile(home, "dagkeeper", ".new");
        Files.copy(Repository.ROOT.resolve("dagkeeper"), copy, StandardCopyOption.REPLACE_EXISTING);
        makeExecutable(copy);
        Files.move(copy, launcher, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.createSymbolicLink(home.resolve("lib"), libraries);
        } catch (FileAlreadyExistsException already) {
            // By another JVM, or by an earlier build.
        }
        return launcher;
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static boolean isPackaged(Path libraries) throws IOException {
        if (!Files.isDirectory(libraries)) {
            return false;
        }
        try (var jars = Files.list(libraries)) {
            return jars.anyMatch(jar -> jar.getFileName().toString().startsWith("dagkeeper-api"));
        }
    }

    private static void copyExamples(Path target) throws IOException {
        for (var workflow : Repository.workflows()) {
            copy(workflow, target.resolve(workflow.getFileName()));
            var shipped = workflow.resolveSibling(Repository.name(workflow));
            if (Files.isDirectory(shipped)) {
                try (var files = Files.list(shipped)) {
                    for (var file : (Iterable<Path>) files::iterator) {
                        copy(file, target.resolve(Repository.EXAMPLES.relativize(file)));
                    }
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }

    /** Runs the program with these arguments to its end. */
    Outcome run(Path dataDirectory, String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of("./dagkeeper"));
        command.addAll(List.of(arguments));
        return await(start(dataDirectory, Map.of(), command));
    }

    /** Runs a line as a shell reads it. */
    Outcome shell(Path dataDirectory, String line) throws IOException, InterruptedException {
        return await(start(dataDirectory, Map.of(), List.of("sh", "-c", line)));
    }

    /** A program under way, its output in files. */
    record Started(Process process, Path out, Path err) {}

    /** Starts the program; nothing of the tests' own environment decides which engine it finds. */
    Started start(Path dataDirectory, Map<String, String> variables, List<String> command) throws IOException {
        var out = Files.createTempFile(directory, "out", ".txt");
        var err = Files.createTempFile(directory, "err", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        var environment = builder.environment();
        new TreeMap<>(environment)
                .keySet().stream().filter(name -> name.startsWith("DAGKEEPER_")).forEach(environment::remove);
        environment.put("DAGKEEPER_DATA_DIR", dataDirectory.toString());
        environment.putAll(variables);
        return new Started(builder.start(), out, err);
    }

    private static Outcome await(Started started) throws IOException, InterruptedException {
        if (!started.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            started.process().destroyForcibly().waitFor();
        }
        return new Outcome(
                started.process().exitValue(), Files.readString(started.out()), Files.readString(started.err()));
    }
}
