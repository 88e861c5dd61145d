package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProtocolTest {
    @Test
    void a_number_outside_the_range_is_refused_in_words() {
        var range = new Protocol(1, 2);
        assertThat(range.refusal(0)).contains("protocol 0 is older than 1..2");
        assertThat(range.refusal(1)).isEmpty();
        assertThat(range.refusal(2)).isEmpty();
        assertThat(range.refusal(3)).contains("protocol 3 is newer than 1..2");
        assertThat(new Protocol(2, 2).refusal(3)).contains("protocol 3 is newer than 2");
    }

    @Test
    void a_program_works_with_itself() {
        assertThat(Protocol.SUPPORTED.refusal(Protocol.NUMBER)).isEmpty();
    }
}
