package dev.dagkeeper.chaos;

import dev.dagkeeper.cluster.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network namespace for each process, joined by a bridge in the namespace of this JVM, which is one of the suite's own:
 * see {@link ChaosMain}. A cut is the link going down: no packet passes, and nobody is told.
 *
 * <p>Servers on 127.0.0.1 of this namespace are reached over relays on the bridge.
 */
public final class NamespaceNetwork implements ClusterNetwork {
    private static final String SUBNET = "10.213.0.";
    private static final String BRIDGE = "br0";

    private final String name;
    private final ProxiedRoutes here = new ProxiedRoutes();
    private final Map<InetSocketAddress, TcpProxy> relays = new ConcurrentHashMap<>();
    private final List<Site> sites = new ArrayList<>();

    /** In this JVM's namespace, which must have no bridge of that name yet. */
    NamespaceNetwork(String name) {
        this.name = name;
        ShellOut.run("ip", "link", "set", "lo", "up");
        ShellOut.run("ip", "link", "add", BRIDGE, "type", "bridge");
        ShellOut.run("ip", "addr", "add", SUBNET + "1/24", "dev", BRIDGE);
        ShellOut.run("ip", "link", "set", BRIDGE, "up");
    }

    /** Whether this JVM was put into a namespace of the suite's own. */
    static boolean isPossible() {
        return !System.getProperty("chaos.namespace", "").isEmpty();
    }

    @Override
    public synchronized Site site(String site) {
        int number = sites.size() + 10;
        var namespace = name + "-" + site;
        var host = SUBNET + number;
        var link = "veth" + number;
        ShellOut.run("ip", "netns", "add", namespace);
        var made = new Site(site, host, List.of("nsenter", "--net=/run/netns/" + namespace));
        sites.add(made);
        ShellOut.run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        ShellOut.run("ip", "link", "set", link, "master", BRIDGE, "up");
        ShellOut.run("ip", "-n", namespace, "link", "set", "lo", "up");
        ShellOut.run("ip", "-n", namespace, "addr", "add", host + "/24", "dev", "eth0");
        ShellOut.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        return made;
    }

    @Override
    public Site siteHere(String site) {
        return new Site(site, "127.0.0.1", List.of());
    }

    @Override
    public String route(Site client, InetSocketAddress server) {
        if (client.prefix().isEmpty()) {
            return here.route(client, server);
        }
        return server.getAddress().isLoopbackAddress()
                ? relays.computeIfAbsent(server, NamespaceNetwork::relay).address()
                : server.getAddress().getHostAddress() + ":" + server.getPort();
    }

    private static TcpProxy relay(InetSocketAddress server) {
        try {
            return new TcpProxy(InetAddress.ofLiteral(SUBNET + "1"), server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void cut(Site site) {
        if (site.prefix().isEmpty()) {
            here.cut(site);
        } else {
            ShellOut.run("ip", "link", "set", link(site), "down");
        }
    }

    @Override
    public void mend(Site site) {
        if (site.prefix().isEmpty()) {
            here.mend(site);
        } else {
            ShellOut.run("ip", "link", "set", link(site), "up");
        }
    }

    private static String link(Site site) {
        return "veth" + site.host().substring(SUBNET.length());
    }

    @Override
    public synchronized void close() {
        for (var site : sites) {
            remove(name + "-" + site.name());
        }
        here.close();
        for (var relay : relays.values()) {
            try {
                relay.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Kills what lives in a namespace and removes it; harmless when there is none. */
    static void remove(String namespace) {
        var pids = ShellOut.end("ip", "netns", "pids", namespace);
        if (pids.exitCode() == 0) {
            pids.output().lines().forEach(pid -> ShellOut.end("kill", "-KILL", pid));
        }
        ShellOut.end("ip", "netns", "delete", namespace);
    }
}
