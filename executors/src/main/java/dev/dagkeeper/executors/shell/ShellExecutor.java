package dev.dagkeeper.executors.shell;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.SchemaResource;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.executors.shell.OutputFile.Reading;
import dev.dagkeeper.executors.shell.ShellCommand.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Runs a script in a session of its own, with a clean environment and a fresh directory. When {@link #run} returns or
 * throws, no process of the script's session is left. Thread-safe.
 */
public final class ShellExecutor implements Executor {
    private static final String OUTPUT = "DAGKEEPER_OUTPUT";
    private static final Map<Integer, String> SIGNALS = Map.of(
            1, "HUP", 2, "INT", 3, "QUIT", 4, "ILL", 6, "ABRT", 9, "KILL", 11, "SEGV", 13, "PIPE", 14, "ALRM", 15,
            "TERM");
    private static final int LAST_SIGNAL = 64;

    private final StepType type = new StepType(
            "shell",
            Optional.of(SchemaResource.read(ShellExecutor.class, "run.json")),
            SchemaResource.read(ShellExecutor.class, "with.json"),
            true,
            Map.of());

    private final ExecutorService pumps = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("script-output-", 0).factory());

    @Override
    public StepType type() {
        return type;
    }

    @Override
    public Result run(StepRequest step, StepContext context) throws InterruptedException {
        try {
            var script = step.run();
            if (script.isEmpty()) {
                throw new SettingsException("run: expected a script, found none");
            }
            var output = context.scratchDirectory().resolve("output");
            var interpreter = ShellCommand.interpreter(step.with());
            var builder = new ProcessBuilder(ShellCommand.of(interpreter, script.get(), context.scratchDirectory()));
            builder.directory(context.workingDirectory().toFile());
            builder.environment().clear();
            builder.environment().putAll(environment(step, context, output));
            return result(ScriptProcess.start(builder, context, pumps).await(), output);
        } catch (SettingsException | IllegalArgumentException wrong) {
            return failed("settings", String.valueOf(wrong.getMessage()), false);
        } catch (IOException | UncheckedIOException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException("told to end while starting");
            }
            return failed("start", "the script's process cannot be started: " + failed.getMessage(), true);
        }
    }

    private static Map<String, String> environment(StepRequest step, StepContext context, Path output) {
        var environment = new HashMap<>(context.baseEnvironment());
        environment.putAll(step.env());
        environment.putAll(step.secrets());
        environment.put("DAGKEEPER_RUN_ID", step.key().run().toString());
        environment.put("DAGKEEPER_STEP", step.step());
        environment.put("DAGKEEPER_ATTEMPT", Integer.toString(step.attempt()));
        environment.put("DAGKEEPER_KEY", step.idempotencyKey());
        environment.put("DAGKEEPER_SCHEDULED_TIME", step.scheduledTime().toString());
        environment.put(OUTPUT, output.toString());
        return environment;
    }

    private static Result result(int exitCode, Path output) throws IOException {
        int signal = exitCode - 128;
        if (signal > 0 && signal <= LAST_SIGNAL) {
            return new Result.Failed("signal", describeSignal(signal, exitCode), Optional.of(exitCode), true);
        }
        if (exitCode != 0) {
            return new Result.Failed("exit", "exit code " + exitCode + hint(exitCode), Optional.of(exitCode), true);
        }
        return switch (OutputFile.read(output)) {
            case Reading.Broken(var message) -> failed("output", message, true);
            case Reading.Values(var byName) -> {
                var values = new HashMap<String, JsonNode>();
                byName.forEach((name, text) -> values.put(name, JsonNodeFactory.instance.stringNode(text)));
                yield new Result.Succeeded(values);
            }
        };
    }

    private static String describeSignal(int signal, int exitCode) {
        var name = SIGNALS.get(signal);
        return "ended by signal " + signal + (name == null ? "" : " (" + name + ")") + ", exit code " + exitCode
                + (signal == 9 ? "; if nobody killed it, the machine may be out of memory" : "");
    }

    private static String hint(int exitCode) {
        return switch (exitCode) {
            case 126 -> ": a command was found and could not be run";
            case 127 -> ": a command was not found";
            default -> "";
        };
    }

    private static Result failed(String kind, String message, boolean retryable) {
        return new Result.Failed(kind, message, Optional.empty(), retryable);
    }
}
