package dev.dagkeeper.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between a client and a server of a test: breaks the connection, as when a cable is pulled or a process dies, or
 * holds everything up, as when the client is suspended. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition thawed = lock.newCondition();
    private boolean frozen;
    private volatile boolean cut;

    /** Begins to forward to a server, which need not be up. */
    public TcpProxy(InetSocketAddress target) throws IOException {
        this(InetAddress.getLoopbackAddress(), target);
    }

    /** The same, listening at another address of this machine. */
    public TcpProxy(InetAddress listen, InetSocketAddress target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, listen);
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    /** {@code host:port} to connect to instead of the server's. */
    public String address() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** Breaks all connections, and every new one at once. */
    public void cut() {
        cut = true;
        sockets.forEach(TcpProxy::close);
    }

    /** Holds back whatever is sent from now on, in both directions. */
    public void freeze() {
        lock.lock();
        try {
            frozen = true;
        } finally {
            lock.unlock();
        }
    }

    /** Lets through again, also what was held back. */
    public void restore() {
        cut = false;
        lock.lock();
        try {
            frozen = false;
            thawed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = server.accept();
                if (cut) {
                    close(client);
                } else {
                    Thread.ofVirtual().name("proxy-connect").start(() -> connect(client));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void connect(Socket client) {
        var upstream = new Socket();
        sockets.add(client);
        sockets.add(upstream);
        try {
            upstream.connect(target, 2_000);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            Thread.ofVirtual().name("proxy-back").start(() -> pump(upstream, client));
            pump(client, upstream);
        } catch (IOException e) {
            end(client, upstream);
        }
        if (cut) {
            end(client, upstream);
        }
    }

    private void pump(Socket from, Socket to) {
        var buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitThaw();
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One end is gone, and so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(from, to);
    }

    private void awaitThaw() throws InterruptedException {
        lock.lock();
        try {
            while (frozen) {
                thawed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(Socket one, Socket other) {
        close(one);
        close(other);
        sockets.remove(one);
        sockets.remove(other);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // As good as closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        restore();
    }
}
