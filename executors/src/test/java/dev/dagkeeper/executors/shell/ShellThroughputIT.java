package dev.dagkeeper.executors.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellThroughputIT {
    private static final int IN_FLIGHT = 16;

    @Test
    void short_steps_in_flight_all_succeed(@TempDir Path directory) throws Exception {
        int count = Integer.getInteger("shell.steps", 300);
        try (var steps = new StepFixture(new ShellExecutor(), directory, true)) {
            var slots = new Semaphore(IN_FLIGHT);
            var succeeded = new AtomicInteger();
            var done = new CountDownLatch(count);
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                slots.acquire();
                var _ = steps.start(Attempt.script("true")).ended().whenComplete((ended, broken) -> {
                    if (broken == null && ended.log().isEmpty()) {
                        assertThat(ended.succeeded().outputs()).isEmpty();
                        succeeded.incrementAndGet();
                    }
                    slots.release();
                    done.countDown();
                });
            }
            done.await();
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%d shell steps with %d in flight: %.0f/s%n", count, IN_FLIGHT, count / seconds);
            assertThat(succeeded).hasValue(count);
        }
    }
}
