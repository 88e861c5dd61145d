package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM of the cluster that can be killed, stopped and started again. Its output goes to a file. Thread-safe. */
public final class ClusterProcess {
    /** Small, and quick to start: such processes live for seconds, many on one machine. */
    private static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final ClusterNetwork.Site site;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private @Nullable Process process;
    private boolean wanted;
    private int starts;

    /** One that is not started yet. */
    ClusterProcess(ClusterNetwork.Site site, List<String> arguments, Map<String, String> environment, Path log) {
        this.site = site;
        this.log = log;
        this.environment = Map.copyOf(environment);
        command = new ArrayList<>(site.prefix());
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(JAVA_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
    }

    /** Its name in the cluster, such as {@code worker-1}. */
    public String name() {
        return site.name();
    }

    ClusterNetwork.Site site() {
        return site;
    }

    /** What it wrote, all of its lives one after the other. */
    public Path log() {
        return log;
    }

    /** Starts it when it does not run, and wants it to run from now on. */
    public synchronized void start() {
        wanted = true;
        if (isAlive()) {
            return;
        }
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("DAGKEEPER_"));
        builder.environment().putAll(environment);
        try {
            process = builder.start();
            starts++;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name(), e);
        }
    }

    /** Starts it again when it should run and does not. */
    synchronized boolean startIfWanted() {
        if (!wanted || isAlive()) {
            return false;
        }
        start();
        return true;
    }

    /** Whether there is a process, suspended or not. */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its process id; empty when it does not run. */
    public synchronized Optional<Long> pid() {
        return Optional.ofNullable(process).filter(Process::isAlive).map(Process::pid);
    }

    /** How often it was started. */
    public synchronized int starts() {
        return starts;
    }

    /** {@code kill -9}; returns when it is gone. It is still wanted, so a supervisor starts it again. */
    public void kill() {
        signal("KILL");
        awaitEnd(20);
    }

    /** {@code SIGSTOP}: it does nothing until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    /** {@code SIGCONT}. */
    public void resume() {
        signal("CONT");
    }

    /** Asks it to end in order, {@code SIGTERM}, and waits; it is not wanted any more. */
    public boolean stop(int patienceSeconds) {
        unwanted();
        signal("TERM");
        return awaitEnd(patienceSeconds);
    }

    /** Kills it for good. */
    public void remove() {
        unwanted();
        kill();
    }

    private synchronized void unwanted() {
        wanted = false;
    }

    private void signal(String signal) {
        pid().ifPresent(pid -> ShellOut.end("kill", "-" + signal, Long.toString(pid)));
    }

    private boolean awaitEnd(int patienceSeconds) {
        Process current;
        synchronized (this) {
            current = process;
        }
        try {
            return current == null || current.waitFor(patienceSeconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
