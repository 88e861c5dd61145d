package dev.dagkeeper.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void masks_values_and_their_encodings() {
        var secret = "p@ss w\u00f6rd/\"1";
        var redaction = Redaction.of(List.of(secret));
        var base64 = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        var url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        assertThat(redaction.text("a " + secret + " b " + url + " c")).isEqualTo("a *** b *** c");
        assertThat(redaction.text(base64)).startsWith("***").doesNotContain(base64.substring(0, 8));
        assertThat(redaction.text("{\"key\": \"p@ss w\u00f6rd/\\\"1\"}")).isEqualTo("{\"key\": \"***\"}");
    }

    @Test
    void masks_each_line_of_a_secret_with_several() {
        var redaction = Redaction.of(List.of("-----BEGIN KEY-----\nabcdefghij\nklmnopqrst\n-----END KEY-----\n"));
        assertThat(redaction.text("> klmnopqrst <")).isEqualTo("> *** <");
    }

    @Test
    void a_secret_that_begins_with_another_is_masked_whole() {
        assertThat(Redaction.of(List.of("abc", "abcdef")).text("abcdef abcx abcde"))
                .isEqualTo("*** ***x ***de");
    }

    @Test
    void empty_secrets_mask_nothing() {
        assertThat(Redaction.of(List.of("", " ")).text("a b")).isEqualTo("a***b");
        assertThat(Redaction.of(List.of("")).text("a b")).isEqualTo("a b");
    }

    @Test
    void however_a_text_is_cut_its_secrets_are_masked_as_in_one_piece() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            var redaction = Redaction.of(
                    List.of(letters(random, 1 + random.nextInt(4)), letters(random, 2 + random.nextInt(6))));
            var text = letters(random, random.nextInt(60));
            var masked = new ByteArrayOutputStream();
            var stream = redaction.new Stream(masked::write);
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            int at = 0;
            while (at < bytes.length) {
                int length = Math.min(bytes.length - at, random.nextInt(5));
                stream.write(bytes, at, length);
                at += length;
            }
            stream.finish();
            assertThat(masked.toString(StandardCharsets.UTF_8))
                    .as("seed %d round %d text %s", seed, round, text)
                    .isEqualTo(redaction.text(text));
        }
    }

    private static String letters(Random random, int length) {
        return random.ints(length, 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
