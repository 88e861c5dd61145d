package dev.dagkeeper.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** Where the processes of a cluster live, and the cables between them. Thread-safe. */
public sealed interface ClusterNetwork extends AutoCloseable permits LoopbackNetwork, NamespaceNetwork {
    /** Network namespaces where this user may make them, else loopback with proxies. */
    static ClusterNetwork best(String name) {
        return NamespaceNetwork.isPossible() ? new NamespaceNetwork(name) : new LoopbackNetwork();
    }

    /** A place for a process that offers nothing, or offers it to the others of the cluster. */
    Site site(String name);

    /** A place for a process that is called from here, on 127.0.0.1. */
    Site siteHere(String name);

    /** Under which {@code host:port} a process at a site reaches a server, so that {@link #cut} comes between them. */
    String route(Site client, InetSocketAddress server) throws IOException;

    /** Pulls the cable of a site: what is sent is not answered, and nobody is told. */
    void cut(Site site);

    /** Plugs it in again. */
    void mend(Site site);

    /** Ends every process that is left in the sites and takes down what was set up. */
    @Override
    void close();

    /**
     * A place for a process.
     *
     * @param host the address it has there
     * @param prefix what the command of a process there begins with
     */
    record Site(String name, String host, List<String> prefix) {}
}
