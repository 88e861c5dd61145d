package dev.dagkeeper.api.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One request and its answer by HTTP/1.1, on a connection of its own. {@code java.net.http} takes half a second to start, and
 * {@code HttpURLConnection} opens every jar of the class path in search of other protocols: both more than a whole command may
 * take. The body is read by one thread; any thread may close.
 */
final class HttpExchange implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 200;

    private final Socket socket;
    private final int status;
    private final InputStream body;

    private HttpExchange(Socket socket, int status, InputStream body) {
        this.socket = socket;
        this.status = status;
        this.body = body;
    }

    /**
     * Sends the request and reads the answer up to its body.
     *
     * @param silence how long the server may say nothing
     */
    static HttpExchange open(ServerAddress address, Transport.Request request, Duration silence) throws IOException {
        var socket = connect(address);
        try {
            socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
            socket.setTcpNoDelay(true);
            return exchange(socket, address, request);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A server may refuse a large body before it has read it all, and has said why then. */
    private static HttpExchange exchange(Socket socket, ServerAddress address, Transport.Request request)
            throws IOException {
        try {
            write(socket, address, request);
        } catch (IOException unsent) {
            try {
                return read(socket, request.method());
            } catch (IOException unanswered) {
                unsent.addSuppressed(unanswered);
                throw unsent;
            }
        }
        return read(socket, request.method());
    }

    /** The HTTP status. */
    int status() {
        return status;
    }

    /** The body without its framing; it ends where the answer ends, and fails when the connection ends before. */
    InputStream body() {
        return body;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing more that could be done about a connection nobody wants.
            return;
        }
    }

    private static Socket connect(ServerAddress address) throws IOException {
        var url = address.url();
        var secure = url.getScheme().equalsIgnoreCase("https");
        var port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        var host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return secure ? secured(plain, host, port) : plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void write(Socket socket, ServerAddress address, Transport.Request request) throws IOException {
        var url = address.url();
        var head = new StringBuilder(request.method())
                .append(' ')
                .append(address.resolve(request.path()).getRawPath());
        var query = address.resolve(request.path()).getRawQuery();
        if (query != null) {
            head.append('?').append(query);
        }
        head.append(" HTTP/1.1\r\nHost: ").append(url.getHost());
        if (url.getPort() > 0) {
            head.append(':').append(url.getPort());
        }
        head.append("\r\n");
        request.headers().forEach((name, value) -> header(head, name, value));
        address.token().ifPresent(token -> header(head, "Authorization", "Bearer " + token));
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            header(head, "Content-Length", Integer.toString(request.body().length));
        }
        var out = socket.getOutputStream();
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(request.body());
        bytes.writeTo(out);
        out.flush();
    }

    /** A value with a line break would be another header, or another request. */
    private static void header(StringBuilder head, String name, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c == 127)) {
            throw new IllegalArgumentException("a control character in the header " + name);
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private static HttpExchange read(Socket socket, String method) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        int status;
        Map<String, String> headers;
        do {
            status = status(line(in));
            headers = headers(in);
        } while (status < 200);
        return new HttpExchange(socket, status, body(in, method, status, headers));
    }

    private static InputStream body(InputStream in, String method, int status, Map<String, String> headers)
            throws IOException {
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked")) {
            return new ChunkedBody(in);
        }
        var length = headers.get("content-length");
        if (length == null) {
            return in;
        }
        try {
            return new SizedBody(in, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new ProtocolException("the answer has the length '" + length + "'");
        }
    }

    private static int status(String line) throws ProtocolException {
        var parts = line.split(" ", 3);
        if (!parts[0].startsWith("HTTP/1.") || parts.length < 2 || !parts[1].matches("[1-5][0-9]{2}")) {
            throw new ProtocolException("it does not speak HTTP");
        }
        return Integer.parseInt(parts[1]);
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        var headers = new TreeMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var colon = line.indexOf(':');
            if (colon > 0 && headers.size() < MOST_HEADERS) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    /** A line without its end. */
    static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (var next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended in the middle of an answer");
            }
            if (line.length() == LONGEST_LINE) {
                throw new ProtocolException("a line of the answer is longer than " + LONGEST_LINE);
            }
            line.append((char) next);
        }
        var end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
}
