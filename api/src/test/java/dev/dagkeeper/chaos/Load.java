package dev.dagkeeper.chaos;

import dev.dagkeeper.api.client.SourceFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * Submits runs through all apis in turn and cancels some, so that always about as many are unfinished as asked for. Like
 * any careful client it repeats, with the same key and elsewhere, what was not answered.
 */
final class Load implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final Duration GIVE_UP = Duration.ofSeconds(90);
    private static final long LOOK_MILLIS = 100;
    private static final int MOST_AT_ONCE = 8;

    private final ClusterProcesses cluster;
    private final Effects effects;
    private final long seed;
    private final int unfinishedRuns;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> submissions = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread feeder;

    /** A run that was answered for. */
    record Accepted(RunKind kind, String run) {}

    private record Reply(int status, String body) {}

    Load(ClusterProcesses cluster, Effects effects, long seed, int unfinishedRuns) {
        this.cluster = cluster;
        this.effects = effects;
        this.seed = seed;
        this.unfinishedRuns = unfinishedRuns;
        feeder = Thread.ofPlatform().daemon().name("load").unstarted(this::feed);
    }

    void start() {
        for (var kind : RunKind.values()) {
            cluster.client(0)
                    .deploy(
                            "default",
                            kind.workflow(),
                            new SourceFile(kind.workflow() + ".yaml", kind.source(), Map.of()));
        }
        feeder.start();
    }

    private void feed() {
        var random = new Random(seed);
        int number = 0;
        try {
            while (!stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                int missing = unfinishedRuns - unfinished() - underWay.get();
                for (int i = 0; i < missing && underWay.get() < MOST_AT_ONCE; i++) {
                    var kind = RunKind.pick(random.nextInt());
                    var nap = 2 + random.nextInt(4);
                    var key = "chaos-" + seed + "-" + number++;
                    var cancelAfter = Duration.ofMillis(1_000 + random.nextInt(4_000));
                    underWay.incrementAndGet();
                    submissions.add(threads.submit(() -> submit(key, kind, nap, cancelAfter)));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int unfinished() {
        try (var connection = cluster.postgres().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT count(*) FROM run" + " WHERE state IN ('queued', 'running', 'paused', 'cancelling')")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException away) {
            return unfinishedRuns;
        }
    }

    private void submit(String key, RunKind kind, int nap, Duration cancelAfter) {
        try {
            var body = JsonMapper.shared().createObjectNode();
            body.put("workflow", kind.workflow());
            body.putObject("inputs").put("effects", effects.file().toString()).put("nap", Integer.toString(nap));
            var run = answered(key, "/v1/runs", body.toString(), key);
            underWay.decrementAndGet();
            accepted.put(key, new Accepted(kind, run));
            if (kind == RunKind.STOPPED) {
                stopped.await(cancelAfter.toMillis(), TimeUnit.MILLISECONDS);
                answered(key, "/v1/runs/" + run + ":cancel", "", "cancel");
                effects.cancelled(run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            problems.add(key + ": " + e);
        }
    }

    /** Sends until there is an answer that counts; gives the run's id, or nothing for a command. */
    private String answered(String name, String path, String body, String key) throws InterruptedException {
        long giveUp = System.nanoTime() + GIVE_UP.toNanos();
        int api = Math.floorMod(name.hashCode(), cluster.apis().size());
        for (int tries = 0; System.nanoTime() < giveUp; tries++) {
            if (tries > 0) {
                repeated.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(200);
            }
            var reply = send((api + tries) % cluster.apis().size(), path, body, key);
            switch (reply.status()) {
                case 200, 202 -> {
                    if (!path.endsWith(":cancel")) {
                        return JsonMapper.shared()
                                .readTree(reply.body())
                                .get("id")
                                .asString();
                    } else if (reply.status() == 200) {
                        return "";
                    }
                }
                case 409 -> {
                    // Cancelled already, by a request that was not answered; the verdict is checked later.
                    return "";
                }
                default -> {
                    if (reply.status() >= 400 && reply.status() < 500 && reply.status() != 401) {
                        throw new IllegalStateException(path + " is refused: " + reply);
                    }
                }
            }
        }
        throw new IllegalStateException(path + " was not answered within " + GIVE_UP);
    }

    /** Status 0 when there was no answer. */
    private Reply send(int api, String path, String body, String key) throws InterruptedException {
        try {
            var address = cluster.address(api);
            var request = HttpRequest.newBuilder(URI.create(address.url() + path))
                    .timeout(ANSWER)
                    .header("Authorization", "Bearer " + address.token().orElse(""))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        } catch (IOException | IllegalStateException noAnswer) {
            return new Reply(0, noAnswer.toString());
        }
    }

    /** What was answered for so far, by key. */
    Map<String, Accepted> accepted() {
        return Map.copyOf(accepted);
    }

    /** What the apis refused or never answered: nothing, in a cluster that works. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** How many requests were sent once more. */
    int repeated() {
        return repeated.get();
    }

    /** Submits no more, and returns when all that was begun is answered. */
    void finish() throws InterruptedException {
        stopped.countDown();
        feeder.join();
        for (var submission : submissions) {
            try {
                submission.get();
            } catch (java.util.concurrent.ExecutionException e) {
                problems.add(String.valueOf(e.getCause()));
            }
        }
    }

    static Path file(Path directory) {
        return directory.resolve("effects");
    }

    @Override
    public void close() {
        stopped.countDown();
        threads.shutdownNow();
        http.shutdownNow();
    }
}
