package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunEvent;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Watches without a terminal: one line a state change, or every event as the server tells it. */
final class EventLines implements RunWatcher {
    private final DagkeeperClient client;
    private final Consumer<RunEvent> printer;

    private EventLines(DagkeeperClient client, Consumer<RunEvent> printer) {
        this.client = client;
        this.printer = printer;
    }

    /** Events as JSON, one a line, unchanged. */
    static EventLines json(DagkeeperClient client, PrintStream out) {
        return new EventLines(client, event -> print(out, event.json().toString()));
    }

    /** One line a state change, for people. */
    static EventLines text(DagkeeperClient client, PrintStream out) {
        return new EventLines(client, event -> {
            if (!event.to().isEmpty()) {
                print(out, line(event));
            }
        });
    }

    @Override
    public void watch(Run run) throws InterruptedException {
        try (var events = client.events(run.id(), 0, printer)) {
            events.follow(WaitCommand.PATIENCE);
        }
    }

    static String line(RunEvent event) {
        // The time as the server wrote it: to read and write it again would cost more than all the rest.
        var text = new StringBuilder(event.json().path("at").asString("")).append("  ");
        text.append(event.step().orElse("run"));
        event.index().ifPresent(index -> text.append('[').append(index).append(']'));
        text.append("  ").append(event.to());
        event.attempt().ifPresent(attempt -> {
            if (attempt > 1) {
                text.append(" (attempt ").append(attempt).append(')');
            }
        });
        if (!event.reason().isEmpty()) {
            text.append(": ").append(event.reason());
        }
        return Table.plain(text.toString());
    }

    private static void print(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }
}
