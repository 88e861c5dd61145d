package dev.dagkeeper.api.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows who leads. */
@Command(name = "cluster", description = "Show who leads, and how many work.")
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
                        out.println("leader     " + cluster.path("leader").asString("(none)"));
                        out.println("workers    " + cluster.path("workers").asInt(0));
                        out.println("slots      " + cluster.path("slots").asInt(0));
                    });
            return ExitCode.SUCCEEDED.number();
        }
    }
}
