package dev.dagkeeper.api.cli.faststart;

import dev.dagkeeper.api.cli.Main;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the commands that ask, against the server of the {@link EngineTraining} when there is one. */
final class ClientTraining {
    private ClientTraining() {}

    /** The first argument is a directory for its files, in which {@code data} is the server's. */
    public static void main(String[] arguments) throws IOException {
        var directory = Path.of(arguments[0]);
        var small = Rehearsal.small(directory).toString();
        var data = directory.resolve("data").toString();
        Main.rehearse("version");
        Main.rehearse("runs", "--colour");
        Main.rehearse("runs", "--data-dir", data);
        Main.rehearse("runs", "list", "-o", "json", "--data-dir", data);
        Main.rehearse("status", "@latest", "--data-dir", data);
        Main.rehearse("status", "@latest", "-o", "json", "--data-dir", data);
        Main.rehearse("status", "00000000", "--data-dir", data);
        Main.rehearse("logs", "@latest", "--data-dir", data);
        Main.rehearse("why", "@latest", "--data-dir", data);
        Main.rehearse("deploy", small, "--data-dir", data);
        Main.rehearse("workflows", "--data-dir", data);
        Main.rehearse("schedules", "--data-dir", data);
        Main.rehearse("schedules", "next", "--data-dir", data);
        Main.rehearse("submit", small, "--data-dir", data);
        Main.rehearse("runs", "wait", "@latest", "--data-dir", data);
        Main.rehearse("runs", "watch", "@latest", "-o", "jsonl", "--data-dir", data);
        Main.rehearse("workers", "--data-dir", data);
        Main.rehearse("queue", "--data-dir", data);
        Main.rehearse("cluster", "--data-dir", data);
        System.exit(0);
    }
}
