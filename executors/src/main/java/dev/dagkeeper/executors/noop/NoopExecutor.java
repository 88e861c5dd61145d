package dev.dagkeeper.executors.noop;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.SchemaResource;
import dev.dagkeeper.executor.StepContext;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.workflow.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Does nothing, or waits for {@code with.duration}. Thread-safe. */
public final class NoopExecutor implements Executor {
    private static final Result DONE = new Result.Succeeded(Map.of());

    private final StepType type = new StepType(
            "noop", Optional.empty(), SchemaResource.read(NoopExecutor.class, "with.json"), false, Map.of());

    @Override
    public StepType type() {
        return type;
    }

    @Override
    public Result run(StepRequest step, StepContext context) throws InterruptedException {
        var setting = step.with().get("duration");
        if (setting == null) {
            return DONE;
        }
        var duration = setting.isString() ? Durations.parse(setting.stringValue()) : Optional.<Duration>empty();
        if (duration.isEmpty()) {
            return new Result.Failed(
                    "settings",
                    "with.duration: expected a duration such as 90s, found " + setting,
                    Optional.empty(),
                    false);
        }
        // Nobody ever gives the permit: a wait that an interrupt ends.
        new Semaphore(0).tryAcquire(duration.get().toMillis(), TimeUnit.MILLISECONDS);
        return DONE;
    }
}
