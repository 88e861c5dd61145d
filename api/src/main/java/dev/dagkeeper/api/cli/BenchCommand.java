package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.bench.Bench;
import dev.dagkeeper.api.cli.bench.Report;
import dev.dagkeeper.api.cli.bench.Shape;
import dev.dagkeeper.api.cli.bench.ShapeSource;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.RunRequest;
import dev.dagkeeper.api.client.SourceFile;
import dev.dagkeeper.workflow.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Measures how fast an engine is, and what a step costs. */
@Command(
        name = "bench",
        description = {
            "Repeat a shape of work until it is warm, then measure: steps a second, latencies, and what a step costs.",
            "Hosts an engine on the data directory when no server is configured or found. The runs stay in the history, with",
            "the label bench. Ctrl-C cancels what is under way. Exit code 1: a run failed; 3: it was stopped."
        })
final class BenchCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            required = true,
            description = {
                "chain:N, N steps one after the other; fanout:N, N independent steps and a join;",
                "diamond:RUNSxSTEPS, runs at once, each with a step, the others side by side, and a last one;",
                "file:PATH, a workflow of your own"
            })
    private String shape = "";

    @Option(
            names = "--uses",
            paramLabel = "TYPE",
            description = "what the steps of a shape do, one of noop, shell (starts a process); default noop")
    private ShapeSource.@Nullable Uses uses;

    @Option(names = "--seconds", paramLabel = "S", description = "measure for at least so long; default 10")
    private int seconds = 10;

    @Option(
            names = "--rate",
            paramLabel = "RUNS_PER_S",
            description =
                    "measure with so many runs started a second, each by itself; default: each repeat after the other")
    private @Nullable Double rate;

    @Option(names = "--cold", description = "measure from the first repeat on, without a warm-up")
    private boolean cold;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BenchCommand(Environment environment) {
        this.environment = environment;
    }

    /** What to start: the workflow, and how to send it. */
    private record Work(Shape shape, Workflow workflow, Sending file) {}

    private interface Sending {
        SourceFile to(DagkeeperClient client) throws IOException;
    }

    @Override
    public Integer call() throws Exception {
        var plan = plan();
        var work = work();
        try (var connection = new Connector(environment, server).toRun(OptionalInt.empty())) {
            Runtime.getRuntime().addShutdownHook(new Thread(connection::close, "close-engine"));
            var client = connection.client();
            var file = work.file.to(client);
            var bench = new Bench(
                    client,
                    () -> client.submit(request(file)),
                    work.workflow,
                    work.shape,
                    plan,
                    environment.err()::println);
            Optional<Report> report;
            try (var interrupts = new Interrupts(environment, bench::stop)) {
                interrupts.begin();
                report = bench.run();
            }
            return report.map(this::print).orElse(ExitCode.CANCELLED).number();
        }
    }

    private Bench.Plan plan() {
        if (seconds < 1) {
            throw new Failure(ExitCode.USAGE, "--seconds is " + seconds + "; expected 1 or more");
        }
        if (rate != null && !(rate > 0 && rate <= 10_000)) {
            throw new Failure(ExitCode.USAGE, "--rate is " + rate + "; expected more than 0, at most 10000");
        }
        return new Bench.Plan(
                Duration.ofSeconds(seconds), rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate), cold);
    }

    private Work work() throws IOException {
        Shape wanted;
        try {
            wanted = Shape.parse(shape);
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "--shape: " + e.getMessage());
        }
        var type = uses == null ? ShapeSource.Uses.NOOP : uses;
        return switch (wanted) {
            case Shape.Chain chain -> generated(chain, ShapeSource.of(chain, type));
            case Shape.FanOut fan -> generated(fan, ShapeSource.of(fan, type));
            case Shape.Diamond diamond -> generated(diamond, ShapeSource.of(diamond, type));
            case Shape.Given given -> given(given);
        };
    }

    private Work generated(Shape wanted, String source) {
        var name = wanted.text();
        var workflow = Workflows.accepted(environment, name, source.getBytes(StandardCharsets.UTF_8));
        return new Work(wanted, workflow, _ -> new SourceFile(name, source, Map.of()));
    }

    private Work given(Shape.Given given) throws IOException {
        if (uses != null) {
            throw new Failure(ExitCode.USAGE, "--uses says what generated steps do; those of a file say it themselves");
        }
        var file = WorkflowFile.read(environment, given.path());
        file.check();
        var source = file.head().text();
        var workflow = Workflows.accepted(environment, given.path(), source.getBytes(StandardCharsets.UTF_8));
        return new Work(given, workflow, file::shipped);
    }

    private static RunRequest request(SourceFile file) {
        return new RunRequest(
                new RunRequest.Source(file),
                JsonMapper.shared().createObjectNode(),
                Optional.empty(),
                OptionalInt.empty(),
                "bench-" + UUID.randomUUID());
    }

    private ExitCode print(Report report) {
        new Output(environment.out(), output.format)
                .object(
                        report.json(),
                        json -> json.path("shape").asString(""),
                        out -> report.lines().forEach(out::println));
        return report.failed() > 0 ? ExitCode.FAILED : ExitCode.SUCCEEDED;
    }
}
