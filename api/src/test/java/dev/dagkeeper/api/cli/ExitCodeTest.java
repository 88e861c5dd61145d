package dev.dagkeeper.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.run.RunState;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void every_state_of_a_run_has_the_promised_code() {
        var codes = Arrays.stream(RunState.values())
                .map(state -> state.text() + "=" + ExitCode.of(state).number())
                .collect(Collectors.joining(" "));
        assertThat(codes)
                .isEqualTo(
                        "queued=7 running=7 paused=7 cancelling=7 succeeded=0 warned=0 failed=1 cancelled=3 skipped=6");
    }
}
