package dev.dagkeeper.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.StepRequest;
import dev.dagkeeper.history.WorkerStore.Extras;
import dev.dagkeeper.history.WorkerStore.UpstreamRow;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.run.StepKey;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AttemptTemplatesIT extends AttemptHarness {
    @Test
    void templates_are_filled_from_inputs_env_upstreams_and_the_step() {
        start(
                """
                version: 1
                name: w
                inputs: {day: {type: string, required: true}}
                env: {WHO: "${{ inputs.day }}!"}
                steps:
                  first: {uses: test, outputs: {n: {type: int}}}
                  second:
                    uses: test
                    needs: [first]
                    env: {MINE: "${{ env.WHO }} ${{ step.attempt }}"}
                    with: {value: "${{ steps.first.outputs.n + 1 }}", text: "n=${{ steps.first.outputs.n }} ${{ run.workflow }}"}
                """,
                (step, context) -> new Result.Succeeded(Map.of(
                        "with", step.with(), "env", JSON.stringNode(step.env().toString()))));
        store.upstreams.put(0, new UpstreamRow("succeeded", Map.of("n", JSON.numberNode(4))));
        var seen = new CompletableFuture<StepRequest>();
        body = (step, context) -> {
            seen.complete(step);
            return new Result.Succeeded(Map.of());
        };
        assertThat(run(1, 3).report()).isEqualTo(new Report.Succeeded(Map.of()));
        var request = seen.join();
        assertThat(request.with()).isEqualTo(json("{\"value\": 5, \"text\": \"n=4 w\"}"));
        assertThat(request.env()).isEqualTo(Map.of("WHO", "2026!", "MINE", "2026! 3"));
        assertThat(request.step()).isEqualTo("second");
        assertThat(request.idempotencyKey()).isEqualTo(RUN + ".1");
    }

    @Test
    void a_foreach_instance_sees_its_item_and_what_it_left_when_it_asked_again() {
        start(
                """
                version: 1
                name: w
                steps:
                  each: {uses: test, foreach: {in: "['a', 'b']", as: letter}, with: {value: "${{ letter }}"}}
                """,
                (step, context) -> step.state().isPresent()
                        ? new Result.Succeeded(Map.of())
                        : new Result.AskAgain(Duration.ofSeconds(5), step.with(), "waits"));
        var key = new StepKey(RUN, 0, 1);
        store.extras.put(key, new Extras(Optional.of(JSON.stringNode("b")), Optional.empty()));
        var asked = run(new Claimed(key, 1, 1));
        assertThat(asked.report()).isEqualTo(new Report.AskAgain(NOW.plusSeconds(5), "waits"));
        assertThat(asked.state()).contains(json("{\"value\": \"b\"}"));
        store.extras.put(key, new Extras(Optional.of(JSON.stringNode("b")), asked.state()));
        assertThat(run(new Claimed(key, 2, 1)).report()).isInstanceOf(Report.Succeeded.class);
    }

    @Test
    void an_expression_that_fails_fails_the_step_for_good() {
        start("""
                version: 1
                name: w
                inputs: {n: {type: int, default: 0}}
                steps:
                  a: {uses: test, with: {value: "${{ 1 / inputs.n }}"}}
                """, (step, context) -> new Result.Succeeded(Map.of()));
        assertThat(run(0, 1).report()).isInstanceOfSatisfying(Report.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo("expression");
            assertThat(failed.retryable()).isFalse();
        });
    }
}
