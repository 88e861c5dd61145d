package dev.dagkeeper.api.http;

import dev.dagkeeper.settings.LiveSettings;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The HTTP API of one process, listening from its creation until it is closed; openapi.yaml beside this class describes it.
 * Each request runs on its own virtual thread. It works without ZooKeeper. Thread-safe.
 */
public final class HttpApi implements AutoCloseable {
    private static final int LONGEST_HEADERS = 16 << 10;
    private static final int LONGEST_FIRST_LINE = 4 << 10;

    private final WebServer server;
    private final Dispatcher dispatcher;
    private final News news;
    private final Readiness readiness;
    private final InetAddress address;

    private HttpApi(WebServer server, Dispatcher dispatcher, News news, Readiness readiness, InetAddress address) {
        this.server = server;
        this.readiness = readiness;
        this.dispatcher = dispatcher;
        this.news = news;
        this.address = address;
    }

    /**
     * Listens.
     *
     * @throws ListenException when the address is not a loopback address, or is taken
     */
    public static HttpApi start(HttpSettings settings, Collaborators with) {
        var address = loopback(settings.host());
        var news = new News(with.events());
        var timings = new HttpTimings();
        var readiness = new Readiness();
        var router = new Router(routes(with, settings.limits(), news, timings, readiness));
        var dispatcher = new Dispatcher(router, new Guard(settings), settings.limits(), timings);
        var server = listen(settings, address, dispatcher);
        return new HttpApi(server, dispatcher, news, readiness, address);
    }

    /**
     * Checks the host of an address to listen on, before anything is started for it.
     *
     * @throws ListenException when {@link #start} would refuse it
     */
    public static void check(String host) {
        loopback(host);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Where clients find it. */
    public URI uri() {
        var host = address.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /** How many requests are being answered now, streams included. */
    public int openRequests() {
        return dispatcher.openRequests();
    }

    /** From now on it is not ready any more, so that balancers send their requests elsewhere; it still answers them. */
    public void announceClosing() {
        readiness.close();
    }

    /** Ends streams and waits, gives requests that are under way a moment to end, and stops listening. */
    @Override
    public void close() {
        readiness.close();
        news.close();
        server.stop();
    }

    /** Every operation there is. */
    static List<Route> routes(
            Collaborators with, HttpLimits limits, News news, HttpTimings timings, Readiness readiness) {
        var intake = new Intake(with.compiler());
        var revisions = new Revisions(with.workflows(), intake);
        var lookup = new RunLookup(with.runs());
        var waits = new Waits(lookup, news, limits);
        var blocked = new BlockedSteps(with.runs(), revisions);
        var queries = new RunQueries(with.runs(), lookup, blocked, waits);
        var creation = new RunCreation(with, intake, revisions, waits, queries);
        var routes = new ArrayList<Route>();
        routes.add(Route.post("/v1/runs", creation::create));
        routes.addAll(queries.routes());
        routes.addAll(new RunCommands(with.commands(), lookup, news, with.bells()).routes());
        routes.addAll(new RunEvents(with.events(), lookup, news).routes());
        routes.addAll(new RunLogs(with.logs(), lookup, revisions, news).routes());
        routes.addAll(new RunGraph(with.runs(), lookup, revisions).routes());
        routes.addAll(new RunWhy(with.runs(), lookup, revisions, blocked, with.cluster()).routes());
        routes.addAll(new FileResource(with.files()).routes());
        routes.addAll(new WorkflowResource(with, intake, revisions).routes());
        routes.addAll(new ScheduleResource(with, creation).routes());
        routes.addAll(new BackfillResource(with, revisions).routes());
        routes.addAll(new DatasetResource(with).routes());
        routes.addAll(new PoolResource(
                        () -> LiveSettings.of(with.settings().current().settings())
                                .pools(),
                        with.runs(),
                        revisions)
                .routes());
        routes.addAll(new ConfigResource(with.settings(), with.settingsChanged()).routes());
        var postgres = new PostgresCheck(with.runs());
        routes.addAll(new ClusterResource(with.cluster(), postgres, with.version()).routes());
        routes.addAll(new WorkerResource(with.cluster(), with.drains(), with.bells()).routes());
        routes.addAll(new AlertResource(with.alerts()).routes());
        routes.addAll(new QueueResource(with.cluster(), with.runs(), revisions).routes());
        routes.addAll(new DoctorResource(with.doctor(), with.clock()).routes());
        routes.addAll(new ServerResource(postgres, with.cluster(), with.metrics(), timings, news, readiness).routes());
        return routes;
    }

    static WebServer listen(HttpSettings settings, InetAddress address, Dispatcher dispatcher) {
        var server = server(settings, address, dispatcher).start();
        // A port that cannot be bound is only logged by the server, which then does not run.
        if (!server.isRunning()) {
            server.stop();
            throw new ListenException("cannot listen on " + settings.host() + ":" + settings.port()
                    + "; another program may have the port, choose one with --listen HOST:PORT");
        }
        return server;
    }

    static WebServer server(HttpSettings settings, InetAddress address, Dispatcher dispatcher) {
        var limits = settings.limits();
        var http1 = Http1Config.builder()
                .maxHeadersSize(LONGEST_HEADERS)
                .maxPrologueLength(LONGEST_FIRST_LINE)
                .build();
        return WebServer.builder()
                .address(address)
                .port(settings.port())
                .shutdownHook(false)
                .shutdownGracePeriod(limits.closeGrace())
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .concurrencyLimitDiscoverServices(false)
                .mediaContext(MediaContext.builder()
                        .mediaSupportsDiscoverServices(false)
                        .build())
                .contentEncoding(ContentEncodingContext.builder()
                        .contentEncodingsDiscoverServices(false)
                        .build())
                .addConnectionSelector(
                        Http1ConnectionSelector.builder().config(http1).build())
                .maxTcpConnections(limits.connections())
                .maxConcurrentRequests(limits.requests())
                .useNio(false)
                .connectionOptions(new TimedSockets(limits.readTimeout()))
                .directHandlers(problems())
                .routing(HttpRouting.builder().any(dispatcher))
                .build();
    }

    /** What Helidon refuses by itself, before the dispatcher sees it, is told in the same form. */
    private static DirectHandlers problems() {
        var handlers = DirectHandlers.builder();
        for (var type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, (request, event, status, headers, message) -> {
                var problem = ApiProblem.of(status.code(), code(status), message);
                headers.set(HeaderNames.CONTENT_TYPE, ProblemJson.TYPE);
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .keepAlive(false)
                        .entity(ProblemJson.bytes(problem))
                        .build();
            });
        }
        return handlers.build();
    }

    private static String code(Status status) {
        return switch (status.code()) {
            case 413, 431 -> "too-large";
            case 503 -> "too-many-requests";
            case 400, 408, 414, 417, 505 -> "malformed-request";
            default -> "internal";
        };
    }

    static InetAddress loopback(String host) {
        try {
            var address = InetAddress.getByName(host);
            if (address.isLoopbackAddress()) {
                return address;
            }
        } catch (UnknownHostException e) {
            throw new ListenException("cannot listen on '" + host + "': no such host on this machine", e);
        }
        throw new ListenException("refused to listen on " + host
                + ": this version has no authentication for other machines. Listen on 127.0.0.1 (the default) and reach it"
                + " from elsewhere through a tunnel, such as ssh -L");
    }
}
