package dev.dagkeeper.chaos;

import java.net.InetSocketAddress;
import java.util.List;

/** All on 127.0.0.1, each client of a server behind a proxy of its own. Servers reach each other without one. */
public final class LoopbackNetwork implements ClusterNetwork {
    private final ProxiedRoutes routes = new ProxiedRoutes();

    @Override
    public Site site(String name) {
        return new Site(name, "127.0.0.1", List.of());
    }

    @Override
    public Site siteHere(String name) {
        return site(name);
    }

    @Override
    public String route(Site client, InetSocketAddress server) {
        return routes.route(client, server);
    }

    @Override
    public void cut(Site site) {
        routes.cut(site);
    }

    @Override
    public void mend(Site site) {
        routes.mend(site);
    }

    @Override
    public void close() {
        routes.close();
    }
}
