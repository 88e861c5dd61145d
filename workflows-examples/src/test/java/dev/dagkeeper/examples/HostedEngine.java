package dev.dagkeeper.examples;

import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.FireQuery;
import dev.dagkeeper.api.client.LogQuery;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.api.server.LocalEngineHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole engine in this process, on a data directory of its own, and a client of it. */
final class HostedEngine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalEngineHost host = new LocalEngineHost();
    private final Path dataDirectory;
    private final DagkeeperClient client;

    HostedEngine(Path dataDirectory) throws HostException, InterruptedException {
        this.dataDirectory = dataDirectory;
        client = new DagkeeperClient(host.start(
                HostOptions.of(dataDirectory, HostOptions.Lifetime.SERVER).withListen("127.0.0.1:0")));
    }

    /** Where commands find this engine. */
    Path dataDirectory() {
        return dataDirectory;
    }

    DagkeeperClient client() {
        return client;
    }

    /** Runs a workflow to its end. What it ships lies in a directory of its name beside it. */
    FinishedRun run(Path workflow, Map<String, String> inputs) throws IOException {
        return run(workflow, inputs, Optional.empty(), Optional.empty());
    }

    /**
     * The same at a nominal time.
     *
     * @param trigger as which it is run
     */
    FinishedRun run(Path workflow, Map<String, String> inputs, Optional<String> at, Optional<String> trigger)
            throws IOException {
        var source = new SourceFile(workflow.toString(), Files.readString(workflow), upload(workflow));
        var values = JsonMapper.shared().createObjectNode();
        inputs.forEach(values::put);
        var request = new RunRequest(
                new RunRequest.Source(source),
                values,
                at,
                trigger,
                OptionalInt.empty(),
                UUID.randomUUID().toString());
        return finished(workflow, client.awaitFinal(client.submit(request).id(), PATIENCE));
    }

    /** From now on its triggers fire. */
    void deploy(Path workflow) throws IOException {
        client.deploy(
                "default",
                Repository.name(workflow),
                new SourceFile(workflow.toString(), Files.readString(workflow), Map.of()));
    }

    /** The run of the first fire of an example's only trigger since it was deployed, at its end. */
    FinishedRun awaitFired(String example) throws IOException {
        var fires = Awaitility.await("a fire of " + example)
                .atMost(PATIENCE)
                .until(() -> fires(example), seen -> !seen.isEmpty());
        var run = fires.getLast().path("run").stringValue();
        return finished(Repository.EXAMPLES.resolve(example + ".yaml"), client.awaitFinal(run, PATIENCE));
    }

    /** What an example's only trigger has fired since it was deployed, newest first. */
    List<JsonNode> fires(String example) {
        var since = client.schedule(example).path("since").stringValue();
        return client.fires(example, new FireQuery(Optional.empty(), Optional.of(since), 10));
    }

    private FinishedRun finished(Path workflow, Run run) throws IOException {
        var steps = run.hasSteps() ? run.steps() : client.steps(run.id());
        return new FinishedRun(run, steps, Needs.read(workflow), step -> log(run.id(), step));
    }

    private List<String> log(String run, String step) {
        var query =
                new LogQuery(Optional.of(step), OptionalInt.empty(), OptionalInt.empty(), false, OptionalInt.empty());
        try (var log = client.logs(run, query)) {
            return new String(log.body().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Map<String, SourceFile.Shipped> upload(Path workflow) throws IOException {
        var shipped = new TreeMap<String, SourceFile.Shipped>();
        var directory = workflow.resolveSibling(Repository.name(workflow));
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                for (var file : (Iterable<Path>) files::iterator) {
                    var content = Files.readAllBytes(file);
                    var hash = sha256(content);
                    client.putFile(hash, content);
                    var path = Repository.name(workflow) + "/" + file.getFileName();
                    shipped.put(path, new SourceFile.Shipped(hash, content.length, Files.isExecutable(file)));
                }
            }
        }
        return shipped;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        host.close();
    }
}
