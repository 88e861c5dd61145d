package dev.dagkeeper.executors.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main class of a process that runs one script as a worker does, until it is killed. */
final class WorkerToKill {
    private WorkerToKill() {}

    /** Arguments: the work directory, whether to start a guard, a file with the script. */
    public static void main(String[] args) throws IOException {
        var fixture = new StepFixture(new ShellExecutor(), Path.of(args[0]), Boolean.parseBoolean(args[1]));
        var running = fixture.start(Attempt.script(Files.readString(Path.of(args[2]), UTF_8)));
        var ended = running.ended().join();
        throw new IllegalStateException("the script ended by itself: " + ended);
    }
}
