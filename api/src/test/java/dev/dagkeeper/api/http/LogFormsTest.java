package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogFormsTest {
    private static final RunId RUN = RunId.parse("01890000-0000-7000-8000-000000000001");
    private static final Instant AT = Instant.parse("2026-01-31T12:00:00Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void text_that_is_cut_anywhere_comes_whole_in_json() throws IOException {
        var seed = System.nanoTime();
        var random =
                RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create(seed);
        var text = "a é 漢字 \uD83D\uDE80 end\n".repeat(50);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var sink = new LogLines(out, ordinal -> "s" + ordinal);
        for (int from = 0, seq = 0; from < bytes.length; seq++) {
            var to = Math.min(bytes.length, from + 1 + random.nextInt(5));
            sink.chunk(chunk(0, 1, seq, java.util.Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        sink.end();

        var joined = out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(LogFormsTest::json)
                .map(line -> line.get("text").stringValue())
                .collect(Collectors.joining());
        assertThat(joined).as("seed %d", seed).isEqualTo(text);
    }

    @Test
    void what_is_not_utf8_comes_as_it_is() throws IOException {
        var bytes = new byte[] {'a', (byte) 0xff, (byte) 0xc3, 0x28, 0};
        var sink = new LogLines(out, ordinal -> "s" + ordinal);
        sink.chunk(chunk(0, 1, 0, bytes));
        sink.end();

        var line = json(out.toString(StandardCharsets.UTF_8));
        assertThat(line.get("text").isNull()).isTrue();
        assertThat(Base64.getDecoder().decode(line.get("base64").stringValue())).isEqualTo(bytes);
    }

    @Test
    void an_unfinished_character_at_the_very_end_is_not_lost() throws IOException {
        var sink = new LogLines(out, ordinal -> "s" + ordinal);
        sink.chunk(chunk(0, 1, 0, new byte[] {'x', (byte) 0xe6, (byte) 0xbc}));
        sink.end();

        var lines = out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(LogFormsTest::json)
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("text").stringValue()).isEqualTo("x");
        assertThat(Base64.getDecoder().decode(lines.get(1).get("base64").stringValue()))
                .isEqualTo(new byte[] {(byte) 0xe6, (byte) 0xbc});
    }

    @Test
    void lines_of_steps_that_write_at_once_are_not_mixed() throws IOException {
        var sink = new LogText(out, ordinal -> "s" + ordinal);
        sink.chunk(chunk(0, 1, 0, "one ".getBytes(StandardCharsets.UTF_8)));
        sink.chunk(chunk(1, 1, 0, "two\nth".getBytes(StandardCharsets.UTF_8)));
        sink.chunk(chunk(0, 1, 1, "and a half\n".getBytes(StandardCharsets.UTF_8)));
        sink.chunk(chunk(1, 1, 1, "ree".getBytes(StandardCharsets.UTF_8)));
        sink.end();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("s1#1 | two\ns0#1 | one and a half\ns1#1 | three\n");
    }

    @Test
    void the_log_of_one_step_is_the_bytes_it_wrote() throws IOException {
        var bytes = new byte[] {0, 1, (byte) 0xff, '\r', '\n'};
        var sink = LogText.raw(out);
        sink.chunk(chunk(0, 1, 0, bytes));
        sink.end();

        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    private static LogChunk chunk(int step, int claim, int seq, byte[] bytes) {
        return new LogChunk(new StepKey(RUN, step, StepKey.WHOLE), claim, 1, seq, AT, bytes);
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }
}
