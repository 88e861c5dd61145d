package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ServerAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hosts an engine until it is told to end. */
@Command(name = "server", description = "Run a server; without --zookeeper and --postgres on embedded stores.")
final class ServerCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--roles", split = ",", paramLabel = "ROLE", description = "of api, master and worker; default all")
    private List<String> roles = List.of();

    @Option(names = "--zookeeper", paramLabel = "HOSTS", description = "an ensemble, host:port,host:port")
    private @Nullable String zookeeper;

    @Option(names = "--postgres", paramLabel = "URL", description = "an external database")
    private @Nullable String postgres;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "where to answer; default 127.0.0.1, a free port")
    private @Nullable String listen;

    @Option(names = "--slots", paramLabel = "N", description = "steps at once; default 16")
    private @Nullable Integer slots;

    @Option(
            names = "--queues",
            split = ",",
            paramLabel = "QUEUE",
            description = "queues its worker serves; default default")
    private List<String> queues = List.of();

    @Option(
            names = "--drain-timeout",
            paramLabel = "TIME",
            description = "how long running steps may go on when it is told to end, such as 30s; default 5m")
    private @Nullable String drainTimeout;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "the data directory; default: DAGKEEPER_DATA_DIR, else $XDG_DATA_HOME/dagkeeper")
    private @Nullable String dataDirectory;

    @Mixin
    final HelpOption help = new HelpOption();

    ServerCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        if (slots != null && slots < 1) {
            throw new Failure(ExitCode.USAGE, "--slots is " + slots + "; expected 1 or more");
        }
        // A server's log is its only voice. Set before the first logger is made.
        System.setProperty(LogSetup.PROPERTY, System.getProperty(LogSetup.PROPERTY, "INFO"));
        var options = new HostOptions(
                Optional.ofNullable(dataDirectory)
                        .map(environment::resolve)
                        .orElseGet(environment::defaultDataDirectory),
                roles(),
                true,
                Optional.ofNullable(zookeeper),
                Optional.ofNullable(postgres),
                Optional.ofNullable(listen),
                slots == null ? OptionalInt.empty() : OptionalInt.of(slots),
                queues,
                Optional.ofNullable(drainTimeout),
                HostOptions.Lifetime.SERVER);
        var ended = new CompletableFuture<ExitCode>();
        var host = Connector.newHost();
        var closing = new Thread(
                () -> {
                    host.close();
                    ended.complete(ExitCode.SUCCEEDED);
                },
                "close-engine");
        // Whatever else ends the process ends the engine in order first.
        Runtime.getRuntime().addShutdownHook(closing);
        var stop = new ServerStop(host, environment, ended::complete);
        stop.listen();
        host.whenRefused(stop::refused);
        var address = host.start(options);
        environment.err().println(announcement(options.roles(), address));
        return ended.get().number();
    }

    /** Where it answers or, without the api, what has joined the cluster. */
    private static String announcement(Set<HostOptions.Role> roles, ServerAddress address) {
        if (roles.contains(HostOptions.Role.API)) {
            return "dagkeeper answers at " + address.url();
        }
        var names = roles.stream()
                .sorted()
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" and "));
        return "dagkeeper " + names + " has joined the cluster";
    }

    private Set<HostOptions.Role> roles() {
        if (roles.isEmpty()) {
            return EnumSet.allOf(HostOptions.Role.class);
        }
        var named = EnumSet.noneOf(HostOptions.Role.class);
        for (var role : roles) {
            try {
                named.add(HostOptions.Role.valueOf(role.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new Failure(ExitCode.USAGE, "--roles: unknown role '" + role + "'; expected api, master, worker");
            }
        }
        return named;
    }
}
