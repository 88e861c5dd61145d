package dev.dagkeeper.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a command of the system to its end. */
final class ShellOut {
    private ShellOut() {}

    /** The command's output. One that fails is an error that shows what it said. */
    static String run(String... command) {
        var ended = end(command);
        if (ended.exitCode() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": exit code " + ended.exitCode() + ": " + ended.output());
        }
        return ended.output();
    }

    /** Runs a command that may fail. */
    static Ended end(String... command) {
        try {
            var process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output.strip());
        } catch (IOException e) {
            return new Ended(127, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command[0] + " ran", e);
        }
    }

    /** Whether this user may do everything. */
    static boolean isRoot() {
        return run("id", "-u").strip().equals("0");
    }

    /** How it ended. */
    record Ended(int exitCode, String output) {}
}
