package dev.dagkeeper.api.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** What one command came to, run in this process through the real command line. */
public record CommandRun(int code, String out, String err) {
    /** Runs a command without a terminal; the data directory is {@code data} in the given directory. */
    static CommandRun of(Path directory, String... arguments) {
        return of(directory, Map.of(), arguments);
    }

    public static CommandRun of(Path directory, Map<String, String> variables, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var all = new java.util.HashMap<>(variables);
        all.putIfAbsent("DAGKEEPER_DATA_DIR", directory.resolve("data").toString());
        var environment = new Environment(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                all,
                directory,
                InstantSource.system(),
                false);
        var code = new Dagkeeper(environment).run(arguments);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
