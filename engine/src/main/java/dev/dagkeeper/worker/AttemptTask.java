package dev.dagkeeper.worker;

import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.history.StoreException;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.history.WorkerStore.Recorded;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.worker.Attempt.Why;
import dev.dagkeeper.worker.SecretAccess.SecretException;
import dev.dagkeeper.workflow.ExpressionException;
import dev.dagkeeper.workflow.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that happens on the thread of one attempt. Used once. */
final class AttemptTask implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptTask.class);
    private static final Duration STORE_AGAIN = Duration.ofMillis(100);
    private static final Duration STORE_AGAIN_AT_MOST = Duration.ofSeconds(5);
    /** What an executor gets beyond its grace to verify that all it started is gone. */
    private static final Duration TO_VERIFY = Duration.ofSeconds(15);

    private final Attempt attempt;
    private final AttemptListener listener;
    private final WorkerResources resources;
    private volatile @Nullable AttemptLog log;
    private @Nullable AttemptContext context;
    private Duration timeout = Duration.ZERO;

    AttemptTask(Attempt attempt, AttemptListener listener, WorkerResources resources) {
        this.attempt = attempt;
        this.listener = listener;
        this.resources = resources;
    }

    @Override
    public void run() {
        deliver(ending());
        cleanUp();
    }

    private Ending ending() {
        try {
            return carryOut();
        } catch (ToldToEnd | InterruptedException told) {
            return stopped();
        } catch (Exception broken) {
            LOG.error(
                    "step={} attempt={} broke",
                    attempt.claimed().key(),
                    attempt.claimed().attempt(),
                    broken);
            return Ending.failed("executor", "the worker cannot carry out the step: " + described(broken), false);
        }
    }

    private Ending carryOut() throws InterruptedException, ToldToEnd {
        var claimed = attempt.claimed();
        var header = header();
        var revision = patiently(() -> resources.revisions().get(header.revisionId()));
        var inputs = patiently(() -> AttemptInputs.read(claimed, header, revision.workflow(), resources.store()));
        var step = inputs.step();
        timeout = step.timeout();
        var executor = resources.executors().find(step.uses());
        if (executor.isEmpty()) {
            return Ending.failed("executor", noSuchType(step), true);
        }
        try {
            var secrets = inputs.secrets(resources.secrets());
            var request = inputs.request(secrets);
            var redaction = Redaction.of(hidden(request));
            var attemptLog = new AttemptLog(
                    claimed, resources.settings().logLimit(), redaction, resources.clock(), resources.shipper());
            log = attemptLog;
            var lent = new AttemptContext(
                    resources.settings(),
                    resources.processes(),
                    attemptLog,
                    attempt::grace,
                    resources.work().forAttempt(claimed),
                    revision);
            context = lent;
            return execute(executor.get(), step, request, lent, redaction);
        } catch (SecretException unavailable) {
            return Ending.failed("secret", described(unavailable), false);
        } catch (ExpressionException failed) {
            return Ending.failed("expression", described(failed), false);
        }
    }

    /** What the log must not show: the step's secrets, and those of the connection that it names. */
    private Set<String> hidden(StepRequest request) {
        var hidden = new HashSet<>(request.secrets().values());
        var connection = request.with().get("connection");
        if (connection != null && connection.isString()) {
            resources
                    .settings()
                    .connections()
                    .find(connection.stringValue())
                    .ifPresent(settings -> settings.forEach((key, value) -> {
                        if (key.equals("password") || key.equals("token") || key.startsWith("headers.")) {
                            hidden.add(value);
                        }
                    }));
        }
        return hidden;
    }

    private RunHeader header() throws InterruptedException, ToldToEnd {
        try {
            return patiently(
                    () -> resources.headers().get(attempt.claimed().key().run()));
        } catch (MissingException gone) {
            LOG.warn("step={} is given up: {}", attempt.claimed().key(), gone.getMessage());
            attempt.stop(Stop.ABANDON);
            throw new ToldToEnd();
        }
    }

    private Ending execute(
            Executor executor, Step step, StepRequest request, AttemptContext lent, Redaction redaction) {
        if (!attempt.enterExecutor(this::told)) {
            return stopped();
        }
        var timer = resources.timers().schedule(attempt::timeOut, millis(timeout), TimeUnit.MILLISECONDS);
        try {
            var result = executor.run(request, lent);
            return Ending.of(
                    result, step, executor.type(), redaction, resources.clock().instant());
        } catch (InterruptedException told) {
            return stopped();
        } catch (Exception broken) {
            if (attempt.why().isPresent()) {
                return stopped();
            }
            LOG.warn("step={} type={}: the executor broke", request.key(), step.uses(), broken);
            return Ending.failed(
                    "executor",
                    redaction.text("the step type '" + step.uses() + "' broke: " + described(broken)),
                    true);
        } finally {
            attempt.leaveExecutor();
            timer.cancel(false);
        }
    }

    /** It was told to end while its executor runs: nobody waits for an executor that does not care. */
    private void told() {
        var attemptLog = log;
        if (attemptLog != null) {
            attemptLog.release();
        }
        try {
            long patience = millis(attempt.grace().plus(TO_VERIFY));
            var _ = resources.timers().schedule(this::giveUp, patience, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("the worker closes", closing);
        }
    }

    private void giveUp() {
        if (!attempt.isDelivered()) {
            LOG.error(
                    "step={} does not end although it was told to; its thread is left behind",
                    attempt.claimed().key());
            deliver(stopped());
        }
    }

    private Ending stopped() {
        return switch (attempt.why().orElse(Why.CANCEL)) {
            case TIMEOUT -> Ending.timedOut(timeout);
            case CANCEL, KILL, ABANDON -> Ending.cancelled();
        };
    }

    private void deliver(Ending ending) {
        if (!attempt.deliver()) {
            return;
        }
        var attemptLog = log;
        var tail = attemptLog == null ? List.<LogChunk>of() : attemptLog.finish();
        if (attempt.why().equals(Optional.of(Why.ABANDON))) {
            listener.abandoned(attempt);
        } else {
            listener.ended(attempt, recorded(ending, tail));
        }
    }

    private Recorded recorded(Ending ending, List<LogChunk> tail) {
        var claimed = attempt.claimed();
        return new Recorded(
                claimed.key(),
                claimed.claim(),
                claimed.attempt(),
                resources.settings().worker(),
                ending.report(),
                ending.exitCode(),
                ending.state(),
                attempt.startedAt(),
                resources.clock().instant(),
                tail);
    }

    private void cleanUp() {
        try {
            if (context != null) {
                context.close();
            }
        } catch (IOException left) {
            LOG.warn(
                    "step={}: cannot delete its directory: {}",
                    attempt.claimed().key(),
                    left.toString());
        }
    }

    /** Asks the store until it answers or the attempt is told to end. */
    private <T> T patiently(Load<T> load) throws InterruptedException, ToldToEnd {
        var delay = STORE_AGAIN;
        while (attempt.why().isEmpty()) {
            try {
                return load.get();
            } catch (StoreException unavailable) {
                LOG.warn("step={} waits for the store: {}", attempt.claimed().key(), unavailable.getMessage());
                attempt.await(delay);
                delay = delay.multipliedBy(2).compareTo(STORE_AGAIN_AT_MOST) < 0
                        ? delay.multipliedBy(2)
                        : STORE_AGAIN_AT_MOST;
            }
        }
        throw new ToldToEnd();
    }

    private String noSuchType(Step step) {
        var names =
                resources.executors().types().stream().map(type -> type.name()).toList();
        return "this worker has no step type '%s', it has %s; put its jar on the class path of every worker of queue '%s'"
                .formatted(step.uses(), names, step.queue());
    }

    private static String described(Exception failure) {
        var message = failure.getMessage();
        return message == null ? failure.getClass().getName() : message;
    }

    private static long millis(Duration duration) {
        // A delay that a scheduled executor can still add to its clock.
        return Math.min(TimeUnit.DAYS.toMillis(36_500), Math.max(0, duration.toMillis()));
    }

    private interface Load<T> {
        T get() throws InterruptedException;
    }

    /** The attempt was told to end before its executor ran. */
    private static final class ToldToEnd extends Exception {
        private static final long serialVersionUID = 1L;

        ToldToEnd() {
            super("told to end", null, false, false);
        }
    }
}
