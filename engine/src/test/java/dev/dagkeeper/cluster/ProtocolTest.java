package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProtocolTest {
    @Test
    void a_number_outside_the_range_is_refused_in_words() {
        var range = new Protocol(1, 2);
        assertThat(range.refusal(0)).contains("protocol 0 is older than 1..2");
        assertThat(range.refusal(1)).isEmpty();
        assertThat(range.refusal(2)).isEmpty();
        assertThat(range.refusal(3)).contains("protocol 3 is newer than 1..2");
    }

    @Test
    void a_program_works_with_itself() {
        assertThat(Protocol.SUPPORTED.refusal(Protocol.NUMBER)).isEmpty();
    }

    @Test
    void an_announcement_is_read_back_and_what_is_not_known_in_it_is_passed_over() {
        var range = new Protocol(3, 5);
        assertThat(Protocol.parse(new String(range.toJson(), StandardCharsets.UTF_8)))
                .contains(range);
        assertThat(Protocol.parse("{\"protocol\":{\"oldest\":3,\"newest\":5,\"x\":1},\"more\":[]}"))
                .contains(range);
        assertThat(Protocol.parse("{\"protocol\":{\"oldest\":3}}")).contains(new Protocol(3, 3));
        assertThat(Protocol.parse("")).isEmpty();
        assertThat(Protocol.parse("{}")).isEmpty();
        assertThat(Protocol.parse("what?")).isEmpty();
    }
}
