package dev.dagkeeper.alert;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server without encryption that keeps what it is told. */
final class MailReceiver implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    MailReceiver() throws IOException {
        Thread.ofVirtual().name("mail-receiver").start(() -> {
            while (!socket.isClosed()) {
                try (var connection = socket.accept()) {
                    talk(connection);
                } catch (IOException e) {
                    // The client went, or the receiver was closed.
                }
            }
        });
    }

    URI uri() {
        return URI.create("smtp://127.0.0.1:" + socket.getLocalPort());
    }

    /** Whole messages, headers and text. */
    List<String> messages() {
        return List.copyOf(messages);
    }

    /** What clients said, messages aside. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    private void talk(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        var out = connection.getOutputStream();
        say(out, "220 here");
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            commands.add(line);
            switch (line.split(" ", 2)[0].toUpperCase(Locale.ROOT)) {
                case "EHLO" -> say(out, "250-here\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME");
                case "DATA" -> {
                    say(out, "354 go on");
                    messages.add(message(in));
                    say(out, "250 taken");
                }
                case "QUIT" -> {
                    say(out, "221 bye");
                    return;
                }
                default -> say(out, "250 fine");
            }
        }
    }

    private static String message(BufferedReader in) throws IOException {
        var text = new StringBuilder();
        for (var line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            text.append(line).append('\n');
        }
        return text.toString();
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
