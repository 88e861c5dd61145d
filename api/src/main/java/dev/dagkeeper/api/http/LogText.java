package dev.dagkeeper.api.http;

import dev.dagkeeper.history.LogStore.LogStream;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.run.StepKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Logs of several attempts as text: whole lines, each after the name of its step. */
final class LogText implements LogSink {
    /** A line longer than this is sent in parts. */
    private static final int LONGEST = 64 << 10;

    private final OutputStream out;
    private final IntFunction<String> stepNames;
    private final Map<LogStream, Line> lines = new LinkedHashMap<>();

    LogText(OutputStream out, IntFunction<String> stepNames) {
        this.out = out;
        this.stepNames = stepNames;
    }

    /** The bytes as they were written, for the log of one step. */
    static LogSink raw(OutputStream out) {
        return new LogSink() {
            @Override
            public void chunk(LogChunk chunk) throws IOException {
                out.write(chunk.bytes());
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }

            @Override
            public void alive() {
                // Nothing can be sent that is not in the log.
            }

            @Override
            public void end() throws IOException {
                out.flush();
            }
        };
    }

    @Override
    public void chunk(LogChunk chunk) throws IOException {
        var stream = new LogStream(chunk.key().step(), chunk.key().index(), chunk.claim());
        var line = lines.computeIfAbsent(stream, s -> new Line(prefix(chunk)));
        for (var b : chunk.bytes()) {
            if (b == '\n' || line.rest.size() == LONGEST) {
                line.send(out);
            }
            if (b != '\n') {
                line.rest.write(b);
            }
        }
    }

    private byte[] prefix(LogChunk chunk) {
        var index =
                chunk.key().index() == StepKey.WHOLE ? "" : "[" + chunk.key().index() + "]";
        var name = stepNames.apply(chunk.key().step()) + index + "#" + chunk.attempt() + " | ";
        return name.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void alive() {
        // Nothing can be sent that is not in the log.
    }

    @Override
    public void end() throws IOException {
        for (var line : lines.values()) {
            if (line.rest.size() > 0) {
                line.send(out);
            }
        }
        out.flush();
    }

    /** The beginning of a line whose end has not come yet. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Line(byte[] prefix, ByteArrayOutputStream rest) {
        Line(byte[] prefix) {
            this(prefix, new ByteArrayOutputStream());
        }

        void send(OutputStream out) throws IOException {
            out.write(prefix);
            rest.writeTo(out);
            out.write('\n');
            rest.reset();
        }
    }
}
