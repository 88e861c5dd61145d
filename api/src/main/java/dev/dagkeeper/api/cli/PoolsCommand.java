package dev.dagkeeper.api.cli;

import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Lists the pools; the commands that change them are its subcommands. */
@Command(name = "pools", description = "List the pools of slots that steps may ask for; set or delete one.")
final class PoolsCommand implements Callable<Integer> {
    private static final String PREFIX = "pools.";

    private final Environment environment;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    PoolsCommand(Environment environment) {
        this.environment = environment;
    }

    /** The command with its subcommands. */
    static CommandLine withSubcommands(Environment environment) {
        return new CommandLine(new PoolsCommand(environment))
                .addSubcommand("list", new PoolsCommand(environment))
                .addSubcommand("set", new Setting(environment))
                .addSubcommand("delete", new Deletion(environment));
    }

    @Override
    public Integer call() throws Exception {
        try (var connection = new Connector(environment, server).toAsk()) {
            var pools = connection.client().pools();
            if (pools.isEmpty()) {
                environment.err().println("No pools.");
            }
            new Output(environment.out(), output.format)
                    .list(pools, pool -> pool.path("name").asString(""), out -> {
                        var table = new Table("POOL", "SLOTS", "USED", "HOLDERS");
                        pools.forEach(pool -> table.row(
                                pool.path("name").asString(""),
                                pool.path("slots").asString("deleted"),
                                pool.path("used").asInt(0),
                                pool.path("holders").asInt(0)));
                        table.print(out);
                    });
            return ExitCode.SUCCEEDED.number();
        }
    }

    /** Makes a pool, or gives it other slots. */
    @Command(description = "Make a pool, or give it another number of slots; what is held beyond it stays held.")
    static final class Setting implements Callable<Integer> {
        private final Environment environment;

        @Parameters(index = "0", paramLabel = "NAME", description = "in snake_case")
        private String name = "";

        @Parameters(index = "1", paramLabel = "SLOTS", description = "0 lets no step in")
        private String slots = "";

        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Mixin
        private final OutputOption output = new OutputOption();

        Setting(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() throws Exception {
            return change(
                    environment, server, output, settings -> settings.set(PREFIX + name, ConfigCommand.value(slots)));
        }
    }

    /** Ends a pool. */
    @Command(description = "Delete a pool; steps that ask for it wait until there is one again.")
    static final class Deletion implements Callable<Integer> {
        private final Environment environment;

        @Parameters(paramLabel = "NAME", description = "a pool of 'pools list'")
        private String name = "";

        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Mixin
        private final OutputOption output = new OutputOption();

        Deletion(Environment environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() throws Exception {
            return change(environment, server, output, settings -> {
                if (settings.remove(PREFIX + name) == null) {
                    throw new Failure(ExitCode.NOT_FOUND, "there is no pool '" + name + "'");
                }
            });
        }
    }

    private static int change(
            Environment environment,
            ServerOptions server,
            OutputOption output,
            java.util.function.Consumer<ObjectNode> change)
            throws Exception {
        try (var connection = new Connector(environment, server).required()) {
            var answer = ConfigUpdate.apply(connection.client(), OptionalLong.empty(), "", change);
            var version = answer.path("version").asString("");
            new Output(environment.out(), output.format)
                    .object(answer, json -> version, out -> out.println("version " + version + " holds"));
            return ExitCode.SUCCEEDED.number();
        }
    }
}
