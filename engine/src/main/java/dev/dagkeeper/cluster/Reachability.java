package dev.dagkeeper.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Exception;

/**
 * Says in words why no session comes about. The ZooKeeper client itself only tries again; this looks once at each server,
 * as the client would: name, connection, certificate.
 */
final class Reachability {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ZooKeeperSettings settings;

    private Reachability(ZooKeeperSettings settings) {
        this.settings = settings;
    }

    /** What was found at each server, and what to do; takes 4 s a server at most. */
    static String of(ZooKeeperSettings settings) {
        var looking = new Reachability(settings);
        return new ConnectStringParser(settings.servers())
                .getServerAddresses().stream()
                        .map(server -> server.getHostString() + ":" + server.getPort() + " " + looking.at(server))
                        .collect(Collectors.joining("; "));
    }

    private String at(InetSocketAddress server) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.connect(
                    new InetSocketAddress(server.getHostString(), server.getPort()),
                    Math.toIntExact(PATIENCE.toMillis()));
            return settings.tls().isPresent()
                    ? encrypted(socket, server)
                    : "is there but gives no session: it may want TLS"
                            + " (stores.zookeeper-trust), or its ensemble has no quorum";
        } catch (UnknownHostException e) {
            return "has a name that nobody knows: check the address (--zookeeper)";
        } catch (IOException e) {
            return "cannot be reached (" + e.getMessage() + "): check the address (--zookeeper) and that it runs";
        }
    }

    private String encrypted(Socket connected, InetSocketAddress server) {
        SSLContext context;
        try (var factory = new ClientX509Util()) {
            context = factory.createSSLContext(settings.clientConfig());
        } catch (X509Exception e) {
            return "cannot be asked, for the certificates cannot be read (" + root(e)
                    + "): check stores.zookeeper-trust, -key and -store-password";
        }
        try (var socket =
                context.getSocketFactory().createSocket(connected, server.getHostString(), server.getPort(), true)) {
            ((javax.net.ssl.SSLSocket) socket).startHandshake();
            return "is there but gives no session: its ensemble may have no quorum, or want a certificate"
                    + " (stores.zookeeper-key)";
        } catch (SSLException e) {
            return "fails to agree on TLS (" + root(e) + "): check that stores.zookeeper-trust holds who signs its"
                    + " certificate, that the certificate is for this name, and that the port speaks TLS";
        } catch (IOException e) {
            return "does not speak TLS (" + e.getMessage() + "): check the port (--zookeeper), or leave out"
                    + " stores.zookeeper-trust";
        }
    }

    private static String root(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
