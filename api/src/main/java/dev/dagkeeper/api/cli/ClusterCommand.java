package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Shows who leads. */
@Command(name = "cluster", description = "Show who leads, and which processes are there.")
final class ClusterCommand implements Callable<Integer> {
    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    ClusterCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).required()) {
            var cluster = connection.client().cluster();
            new Output(environment.out(), output.format)
                    .object(cluster, json -> json.path("leader").asString(""), out -> {
                        var available = cluster.path("available").asBoolean(false);
                        out.println("server     " + connection.client().address());
                        out.println("version    " + cluster.path("version").asString(""));
                        out.println("zookeeper  " + (available ? "answers" : "away"));
                        out.println(
                                "postgres   " + answers(cluster.path("stores").path("postgres")));
                        out.println("leader     " + cluster.path("leader").asString("(none)"));
                        if (cluster.path("epoch").isNumber()) {
                            out.println("epoch      " + cluster.path("epoch").asLong(0) + " since "
                                    + cluster.path("since").asString(""));
                        }
                        out.println("workers    " + cluster.path("workers").asInt(0));
                        out.println("slots      " + cluster.path("slots").asInt(0));
                        out.println();
                        table(cluster.path("processes")).print(out);
                    });
            return ExitCode.SUCCEEDED.number();
        }
    }

    private static String answers(JsonNode state) {
        return state.asString("").equals("ok") ? "answers" : "away";
    }

    private static Table table(JsonNode processes) {
        var table = new Table("PROCESS", "ROLES", "LEADS", "VERSION", "PROTOCOL", "SESSION", "TIMEOUT", "SINCE");
        for (var process : processes) {
            table.row(
                    process.path("id").asString(""),
                    StreamSupport.stream(process.path("roles").spliterator(), false)
                            .map(JsonNode::asString)
                            .collect(Collectors.joining(",")),
                    process.path("leads").asBoolean(false) ? "yes" : "",
                    process.path("version").asString(""),
                    process.path("protocol").asInt(0),
                    process.path("session").asString(""),
                    process.path("sessionMillis").asInt(0) + "ms",
                    process.path("since").asString(""));
        }
        return table;
    }
}
