package dev.dagkeeper.api.cli.faststart;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes what the launcher uses for fast starts: picocli in a class file format that the JVM can cache, and AOT caches
 * (JEP 483, 514), each from a training run of the real thing. All classes of a cache are loaded at every start with it, which
 * takes a few hundredths of a second a thousand: so there is one for commands that ask, one for those that read workflows
 * here, and one for engines.
 */
public final class FastStart {
    /** A start without caches is slower; a start that never comes would be worse. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path main;
    private final Path picocli;
    private final Path target;
    private final Path work;

    private FastStart(Path main, Path picocli, Path target, Path work) {
        this.main = main;
        this.picocli = picocli;
        this.target = target;
        this.work = work;
    }

    /**
     * Fills a directory.
     *
     * @param arguments the main jar, whose manifest names the others; and the directory to fill
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var main = Path.of(arguments[0]);
        var target = Path.of(arguments[1]);
        var work = Files.createTempDirectory("dagkeeper-fast-start");
        try {
            var picocli = target.resolve("picocli.jar");
            ModernPicocli.write(picocli);
            new FastStart(main, picocli, target, work).train();
        } finally {
            delete(work);
        }
    }

    /** The client's training asks the engine's; without that one it still learns what it can. */
    private void train() throws IOException, InterruptedException {
        train(command("language.aot", LanguageTraining.class));
        var client = command("client.aot", ClientTraining.class);
        var engine = command("engine.aot", EngineTraining.class);
        engine.addAll(client);
        try {
            train(engine);
        } catch (IOException e) {
            train(client);
            throw e;
        }
    }

    /**
     * The options must be the launcher's: the JVM refuses a cache that was made with others. Which compilers it has may differ,
     * and a server has both. Without the second one the training records no profiles (JEP 515); with them a start compiles what
     * it hopes to need, and two processors have nothing left for the first thousand steps.
     */
    private List<String> command(String cache, Class<?> training) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:AOTCacheOutput=" + target.resolve(cache),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                picocli + File.pathSeparator + main,
                training.getName(),
                work.toString()));
    }

    private static void train(List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("a training run took longer than " + PATIENCE + ": " + String.join(" ", command));
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "a training run ended with exit code " + process.exitValue() + ": " + String.join(" ", command));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            for (var path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
