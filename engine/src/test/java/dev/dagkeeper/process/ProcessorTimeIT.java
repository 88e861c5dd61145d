package dev.dagkeeper.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ProcessorTimeIT {
    /** What a process does that a shell starts and waits for, then what it took, by the shell's own count. */
    private static final String BUSY = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; times; read -r line";

    private static final Pattern SECONDS = Pattern.compile("(\\d+)m(\\d+\\.\\d+)s");

    @Test
    void children_of_children_count_while_they_live_and_when_they_have_ended() throws Exception {
        var before = ProcessorTime.seconds();
        var process = new ProcessBuilder("sh", "-c", BUSY).start();
        try (var said = process.inputReader(StandardCharsets.UTF_8)) {
            var spent = spent(said.readLine()) + spent(said.readLine());
            assertThat(spent).isGreaterThan(0.05);
            assertThat(ProcessorTime.seconds() - before).isGreaterThanOrEqualTo(spent - 0.05);

            process.outputWriter(StandardCharsets.UTF_8).close();
            assertThat(process.waitFor()).isOne();
            assertThat(ProcessorTime.seconds() - before).isGreaterThanOrEqualTo(spent - 0.05);
        }
    }

    private static double spent(String times) {
        return SECONDS.matcher(times)
                .results()
                .mapToDouble(found -> 60 * Double.parseDouble(found.group(1)) + Double.parseDouble(found.group(2)))
                .sum();
    }
}
