package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.live.Frame;
import dev.dagkeeper.api.cli.live.LiveRun;
import dev.dagkeeper.api.cli.live.Screen;
import dev.dagkeeper.api.cli.live.Style;
import dev.dagkeeper.api.client.ClientException;
import dev.dagkeeper.api.client.DagkeeperClient;
import dev.dagkeeper.api.client.Run;
import dev.dagkeeper.api.client.RunEvent;
import dev.dagkeeper.run.RunState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Watches on a terminal: repaints its own lines when something happened, and now and then for the clock. */
final class LiveView implements RunWatcher {
    /** Shortest time between two pictures. */
    private static final long FRAME_MILLIS = 100;

    private static final int USUAL_WIDTH = 80;
    private static final int USUAL_HEIGHT = 24;

    private final Environment environment;
    private final DagkeeperClient client;
    private final Style style;
    private final boolean own;

    /**
     * @param own whether Ctrl-C cancels the run
     */
    LiveView(Environment environment, DagkeeperClient client, boolean ascii, boolean own) {
        this.environment = environment;
        this.client = client;
        this.style = new Style(ascii, environment.colours());
        this.own = own;
    }

    /** What the painting thread is told. */
    private sealed interface News {
        record Happened(RunEvent event) implements News {}

        record Wrote(String step, int index, String line) implements News {}

        record Over() implements News {}
    }

    @Override
    public void watch(Run run) throws InterruptedException, IOException {
        var news = new LinkedBlockingQueue<News>();
        var failure = new AtomicReference<ClientException>();
        var live = LiveRun.of(run, client.graph(run.id()), PastDurations.of(client, run));
        try (var terminal = TerminalBuilder.builder()
                        .system(true)
                        .dumb(true)
                        .nativeSignals(false)
                        .build();
                var events = client.events(run.id(), 0, event -> news.add(new News.Happened(event)));
                var log = new LastLines(
                        client, run.id(), (step, index, line) -> news.add(new News.Wrote(step, index, line)))) {
            var listener = Thread.ofPlatform().daemon().name("run-events").start(() -> {
                try {
                    events.follow(WaitCommand.PATIENCE);
                } catch (ClientException e) {
                    failure.set(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    news.add(new News.Over());
                }
            });
            log.start();
            paintUntilOver(terminal, live, news);
            listener.join();
        }
        var failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private void paintUntilOver(Terminal terminal, LiveRun live, LinkedBlockingQueue<News> news)
            throws InterruptedException {
        var screen = new Screen();
        var over = false;
        paint(terminal, screen, live);
        while (!over) {
            var begun = System.nanoTime();
            var next = news.poll(FRAME_MILLIS, TimeUnit.MILLISECONDS);
            while (next != null) {
                over |= hear(live, next);
                next = news.poll();
            }
            paint(terminal, screen, live);
            // A burst of events is one picture, not one each.
            var left = FRAME_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            if (!over && left > 0) {
                over = hearFor(live, news, left);
            }
        }
        paint(terminal, screen, live);
    }

    private static boolean hearFor(LiveRun live, LinkedBlockingQueue<News> news, long millis)
            throws InterruptedException {
        var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (var left = millis; left > 0; left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
            var next = news.poll(left, TimeUnit.MILLISECONDS);
            if (next != null && hear(live, next)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hear(LiveRun live, News news) {
        return switch (news) {
            case News.Happened happened -> {
                live.apply(happened.event());
                yield false;
            }
            case News.Wrote wrote -> {
                live.log(wrote.step(), wrote.index(), wrote.line());
                yield false;
            }
            case News.Over over -> true;
        };
    }

    private void paint(Terminal terminal, Screen screen, LiveRun live) {
        var size = terminal.getSize();
        var width = size.getColumns() > 0 ? size.getColumns() : USUAL_WIDTH;
        var height = size.getRows() > 0 ? size.getRows() : USUAL_HEIGHT;
        var lines = new ArrayList<>(
                Frame.lines(live, style, width, height, environment.clock().instant()));
        if (own && live.state() == RunState.CANCELLING) {
            lines.add(Interrupts.NOTICE);
        }
        environment.out().print(screen.show(lines, width));
        environment.out().flush();
    }
}
