package dev.dagkeeper.api.http;

import dev.dagkeeper.history.LogStore.LogStream;
import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A log as JSON, one chunk a line. A character that is cut in two by the end of a chunk waits for the next chunk of its
 * stream; bytes that are no UTF-8 at all are sent as they are, in base64.
 */
final class LogLines implements LogSink {
    private final OutputStream out;
    private final IntFunction<String> stepNames;
    private final Map<LogStream, LogChunk> held = new HashMap<>();

    LogLines(OutputStream out, IntFunction<String> stepNames) {
        this.out = out;
        this.stepNames = stepNames;
    }

    @Override
    public void chunk(LogChunk chunk) throws IOException {
        var stream = new LogStream(chunk.key().step(), chunk.key().index(), chunk.claim());
        var before = held.remove(stream);
        var bytes = before == null ? chunk.bytes() : join(before.bytes(), chunk.bytes());
        var cut = bytes.length - unfinished(bytes);
        if (cut > 0) {
            write(chunk, Arrays.copyOf(bytes, cut));
        }
        if (cut < bytes.length) {
            held.put(stream, with(chunk, Arrays.copyOfRange(bytes, cut, bytes.length)));
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void alive() throws IOException {
        out.write('\n');
        out.flush();
    }

    @Override
    public void end() throws IOException {
        for (var rest : held.values()) {
            write(rest, rest.bytes());
        }
        held.clear();
        out.flush();
    }

    private void write(LogChunk chunk, byte[] bytes) throws IOException {
        var json = Json.object();
        json.put("at", Json.time(chunk.at()));
        json.put("step", stepNames.apply(chunk.key().step()));
        RunJson.putIndex(json, chunk.key());
        json.put("attempt", chunk.attempt());
        json.put("claim", chunk.claim());
        var text = decode(bytes);
        json.put("text", text.orElse(null));
        if (text.isEmpty()) {
            json.put("base64", Base64.getEncoder().encodeToString(bytes));
        }
        out.write(Json.bytes(json));
        out.write('\n');
    }

    private static Optional<String> decode(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** How many bytes at the end begin a character that is not complete: 0 to 3. */
    static int unfinished(byte[] bytes) {
        for (var back = 1; back <= Math.min(3, bytes.length); back++) {
            var b = bytes[bytes.length - back] & 0xff;
            if (b >= 0xc0) {
                var length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return length > back ? back : 0;
            }
            if (b < 0x80) {
                return 0;
            }
        }
        return 0;
    }

    private static byte[] join(byte[] first, byte[] second) {
        if (first.length == 0) {
            return second;
        }
        var all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static LogChunk with(LogChunk chunk, byte[] bytes) {
        return new LogChunk(chunk.key(), chunk.claim(), chunk.attempt(), chunk.seq(), chunk.at(), bytes);
    }
}
