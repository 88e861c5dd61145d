package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LeaderInfoTest {
    @Test
    void an_announcement_is_read_back_and_what_is_not_known_in_it_is_passed_over() {
        // Sessions of ZooKeeper may have the highest bit set.
        var info = new LeaderInfo(new Protocol(3, 5), 0xf000_0000_0000_0001L);
        assertThat(LeaderInfo.parse(new String(info.toJson(), StandardCharsets.UTF_8)))
                .contains(info);
        assertThat(LeaderInfo.parse(
                        "{\"protocol\":{\"oldest\":3,\"newest\":5,\"x\":1},\"session\":\"1f\",\"more\":[]}"))
                .contains(new LeaderInfo(new Protocol(3, 5), 0x1f));
        assertThat(LeaderInfo.parse("{\"protocol\":{\"oldest\":3}}")).contains(new LeaderInfo(new Protocol(3, 3), 0));
        assertThat(LeaderInfo.parse("")).isEmpty();
        assertThat(LeaderInfo.parse("{}")).isEmpty();
        assertThat(LeaderInfo.parse("what?")).isEmpty();
    }
}
