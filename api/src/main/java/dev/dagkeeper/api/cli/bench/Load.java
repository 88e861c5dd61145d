package dev.dagkeeper.api.cli.bench;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Starts runs of one workflow and waits for their ends. {@link #stop} may be called by any thread, the rest by one. */
final class Load {
    /** Requests to start runs that are under way at the same time. */
    private static final int SENDERS = 16;

    private static final Duration POLL = Duration.ofSeconds(60);

    private final DagkeeperClient client;
    private final String workflow;
    private final Supplier<Run> submit;
    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);

    Load(DagkeeperClient client, String workflow, Supplier<Run> submit) {
        this.client = client;
        this.workflow = workflow;
        this.submit = submit;
    }

    /** Starts nothing more, and cancels what has not ended. */
    void stop() {
        stopped.countDown();
        open.forEach(run -> client.end(run, false));
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Starts runs at once; returns when all have ended. */
    Repeat repeat(int runs) throws InterruptedException {
        if (runs == 1) {
            return new Repeat(ended(List.of(start())));
        }
        return started(runs, 0);
    }

    /** Starts runs at even intervals, whether or not those before have ended; returns when all have. */
    Repeat atRate(double perSecond, Duration time) throws InterruptedException {
        var runs = (int) Math.ceil(perSecond * time.toNanos() / TimeUnit.SECONDS.toNanos(1));
        return started(Math.max(1, runs), (long) (TimeUnit.SECONDS.toNanos(1) / perSecond));
    }

    private Repeat started(int runs, long intervalNanos) throws InterruptedException {
        var began = System.nanoTime();
        var sent = new ArrayList<Future<Run>>();
        try (var senders = senders(runs)) {
            for (int i = 0; i < runs; i++) {
                var due = began + i * intervalNanos - System.nanoTime();
                if (i > 0 && stopped.await(Math.max(0, due), TimeUnit.NANOSECONDS)) {
                    break;
                }
                sent.add(senders.submit(this::start));
            }
        }
        var started = new ArrayList<Run>();
        for (var run : sent) {
            started.add(get(run));
        }
        return new Repeat(ended(started));
    }

    private static ExecutorService senders(int runs) {
        var threads = Thread.ofVirtual().name("bench-", 0).factory();
        return Executors.newFixedThreadPool(Math.min(SENDERS, runs), threads);
    }

    private static Run get(Future<Run> run) throws InterruptedException {
        try {
            return run.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    private Run start() {
        var run = submit.get();
        open.add(run.id());
        if (isStopped()) {
            client.end(run.id(), false);
        }
        return run;
    }

    /** The newest most likely ends last: when it has, one list tells of the others. */
    private List<RunTimes> ended(Collection<Run> started) {
        var since = started.stream().map(Run::createdAt).min(Instant::compareTo).orElseThrow();
        var waiting = new LinkedHashSet<String>();
        started.forEach(run -> waiting.add(run.id()));
        var ended = new ArrayList<RunTimes>();
        while (!waiting.isEmpty()) {
            note(awaited(waiting.getLast()), waiting, ended);
            if (!waiting.isEmpty()) {
                listed(since.minusMillis(1), started.size()).forEach(run -> note(run, waiting, ended));
            }
        }
        return ended;
    }

    private void note(Run run, Set<String> waiting, List<RunTimes> ended) {
        if (run.state().isFinal() && waiting.remove(run.id())) {
            open.remove(run.id());
            ended.add(RunTimes.of(run));
        }
    }

    private Run awaited(String id) {
        var run = client.awaitFinal(id, POLL);
        while (!run.state().isFinal()) {
            run = client.awaitFinal(id, POLL);
        }
        return run;
    }

    private List<Run> listed(Instant after, int runs) {
        return client.runs(
                new RunQuery(Optional.empty(), Optional.of(workflow), Optional.of(after.toString()), false, runs));
    }
}
