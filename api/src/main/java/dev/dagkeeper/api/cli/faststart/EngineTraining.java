package dev.dagkeeper.api.cli.faststart;

import dev.dagkeeper.api.cli.EngineHost;
import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import dev.dagkeeper.api.cli.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/** Hosts an engine, runs a workflow on it, and lets the {@link ClientTraining} ask it. */
final class EngineTraining {
    private EngineTraining() {}

    /** The first argument is a directory for its files, the others the command of the client's training. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var directory = Path.of(arguments[0]);
        var small = Rehearsal.small(directory).toString();
        var data = directory.resolve("data");
        int code;
        try (var host = ServiceLoader.load(EngineHost.class).findFirst().orElseThrow()) {
            try {
                host.start(HostOptions.of(data, HostOptions.Lifetime.RUN));
                Main.rehearse("run", small, "--data-dir", data.toString());
                Main.rehearse("run", small, "-o", "json", "--data-dir", data.toString());
                var wide = Rehearsal.wide(directory).toString();
                Main.rehearse("run", wide, "--data-dir", data.toString());
            } catch (HostException e) {
                // Without an engine the client still learns what it can.
                System.err.println("no engine to train with: " + e.getMessage());
            }
            var client = List.of(arguments).subList(1, arguments.length);
            code = new ProcessBuilder(client).inheritIO().start().waitFor();
        }
        System.exit(code);
    }
}
