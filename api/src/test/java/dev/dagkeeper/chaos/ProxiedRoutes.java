package dev.dagkeeper.chaos;

import dev.dagkeeper.chaos.ClusterNetwork.Site;
import dev.dagkeeper.cluster.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/** A proxy for each pair of client and server. A cut one swallows what is sent, as a cable that is pulled does. */
final class ProxiedRoutes implements AutoCloseable {
    private final ConcurrentMap<Route, TcpProxy> proxies = new ConcurrentHashMap<>();

    private record Route(String client, InetSocketAddress server) {}

    String route(Site client, InetSocketAddress server) {
        return proxies.computeIfAbsent(new Route(client.name(), server), _ -> open(server))
                .address();
    }

    void cut(Site client) {
        each(route -> route.client().equals(client.name()), TcpProxy::freeze);
    }

    void mend(Site client) {
        each(route -> route.client().equals(client.name()), TcpProxy::restore);
    }

    private void each(Predicate<Route> which, java.util.function.Consumer<TcpProxy> action) {
        proxies.forEach((route, proxy) -> {
            if (which.test(route)) {
                action.accept(proxy);
            }
        });
    }

    private static TcpProxy open(InetSocketAddress server) {
        try {
            return new TcpProxy(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (var proxy : proxies.values()) {
            try {
                proxy.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
