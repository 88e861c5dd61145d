package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.LogQuery;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what steps wrote. */
@Command(
        name = "logs",
        description = "Print what the steps of a run wrote: as it is for one step, else each line after its step.")
final class LogsCommand implements Callable<Integer> {
    private static final int MOST_TAIL = 10_000;

    private final Environment environment;

    @Parameters(paramLabel = "RUN[/STEP[#ATTEMPT]]", description = "what to read; STEP[2] is one instance of a foreach")
    private String target = "";

    @Option(
            names = {"-f", "--follow"},
            description = "stay until it is final")
    private boolean follow;

    @Option(names = "--tail", paramLabel = "N", description = "only the last N lines of what is there")
    private @Nullable Integer tail;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "jsonl for chunks with their times; default: the text")
    private @Nullable String format;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    LogsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        var what = Target.parse(target);
        var lines = tail;
        if (lines != null && (lines < 0 || lines > MOST_TAIL)) {
            throw new Failure(ExitCode.USAGE, "--tail is " + lines + "; expected 0 to " + MOST_TAIL);
        }
        if (format != null && !format.equals("jsonl")) {
            throw new Failure(ExitCode.USAGE, "logs are text or jsonl; -o " + format + " does not apply");
        }
        var query = new LogQuery(
                what.step(),
                what.index(),
                what.attempt(),
                follow,
                lines == null ? OptionalInt.empty() : OptionalInt.of(lines));
        try (var connection = new Connector(environment, server).toAsk()) {
            var client = connection.client();
            try (var log = format == null ? client.logs(what.run(), query) : client.logChunks(what.run(), query)) {
                var buffer = new byte[8192];
                for (var read = log.body().read(buffer);
                        read >= 0;
                        read = log.body().read(buffer)) {
                    environment.out().write(buffer, 0, read);
                    environment.out().flush();
                    if (environment.out().checkError()) {
                        // Nobody reads any more, as after "| head".
                        break;
                    }
                }
            }
            return ExitCode.SUCCEEDED.number();
        }
    }
}
