package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Registers workflows. */
@Command(name = "deploy", description = "Register workflows on a running server; prints what changed.")
final class DeployCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|DIR",
            description = "workflow files, or directories whose *.yaml and *.yml files are workflows")
    private List<String> paths = List.of();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    DeployCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var files = new ArrayList<WorkflowFile>();
        for (var path : paths) {
            for (var file : expand(path)) {
                files.add(WorkflowFile.read(environment, file));
            }
        }
        try (var connection = new Connector(environment, server).required()) {
            checkAll(connection.client(), files);
            var deployed = new ArrayList<JsonNode>();
            for (var file : files) {
                var answer = file.send(
                        connection.client(),
                        source -> connection
                                .client()
                                .deploy(file.head().namespace(), file.head().name(), source));
                warn(answer, file);
                deployed.add(answer);
            }
            new Output(environment.out(), output.format)
                    .list(deployed, DeployCommand::name, out -> deployed.forEach(answer -> tell(out, answer)));
            return ExitCode.SUCCEEDED.number();
        }
    }

    private void warn(JsonNode deployment, WorkflowFile file) {
        var warnings = deployment.path("warnings").values().stream().toList();
        Problems.print(environment.err(), warnings, file.head().text());
    }

    /** All are checked before the first is deployed: a mistake in one leaves everything as it was. */
    private static void checkAll(DagkeeperClient client, List<WorkflowFile> files) throws IOException {
        if (files.size() > 1) {
            for (var file : files) {
                file.send(client, client::validate);
            }
        }
    }

    private List<String> expand(String path) throws IOException {
        if (!Files.isDirectory(environment.resolve(path))) {
            return List.of(path);
        }
        try (var entries = Files.list(environment.resolve(path))) {
            var files = entries.map(Path::getFileName)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".yaml") || name.endsWith(".yml"))
                    .sorted()
                    .map(name -> Path.of(path, name).toString())
                    .toList();
            if (files.isEmpty()) {
                throw new Failure(ExitCode.USAGE, "there is no *.yaml or *.yml file in " + path);
            }
            return files;
        }
    }

    private static String name(JsonNode deployment) {
        return deployment.path("namespace").asString("") + "/"
                + deployment.path("name").asString("");
    }

    private static void tell(PrintStream out, JsonNode deployment) {
        out.println(what(deployment));
        deployment.path("triggers").forEach(trigger -> ScheduleText.deployed(out, trigger));
    }

    private static String what(JsonNode deployment) {
        var revision = deployment.path("revision").asInt(0);
        if (!deployment.path("changed").asBoolean(false)) {
            return name(deployment) + " unchanged (revision " + revision + ")";
        }
        return name(deployment) + (revision == 1 ? " created (revision 1)" : " changed (revision " + revision + ")");
    }
}
