package dev.dagkeeper.executors.noop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoopExecutorTest {
    @Test
    void takes_as_long_as_asked_and_ends_when_told(@TempDir Path directory) throws Exception {
        try (var steps = new StepFixture(new NoopExecutor(), directory)) {
            assertThat(steps.run(Attempt.with("{}")).succeeded().outputs()).isEmpty();
            long start = System.nanoTime();
            steps.run(Attempt.with("{\"duration\": \"50ms\"}")).succeeded();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            var running = steps.start(Attempt.with("{\"duration\": \"1h\"}"));
            running.interrupt();
            assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
            assertThat(steps.run(Attempt.with("{\"duration\": \"soon\"}"))
                            .failed()
                            .kind())
                    .isEqualTo("settings");
        }
    }
}
