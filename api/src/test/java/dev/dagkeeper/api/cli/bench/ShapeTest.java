package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.api.cli.bench.ShapeSource.Uses;
import dev.dagkeeper.executor.Executor;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    private static final StepTypes TYPES = StepTypes.of(ServiceLoader.load(Executor.class).stream()
            .map(found -> found.get().type())
            .toList());

    @ParameterizedTest
    @ValueSource(strings = {"chain:100", "fanout:10000", "diamond:100x10", "file:a b/c:d.yaml"})
    void a_shape_is_written_as_it_is_read(String text) {
        assertThat(Shape.parse(text).text()).isEqualTo(text);
    }

    @Test
    void only_a_diamond_has_several_runs_at_once() {
        assertThat(Shape.parse("diamond:7x10").runs()).isEqualTo(7);
        assertThat(Shape.parse("chain:7").runs()).isEqualTo(1);
        assertThat(Shape.parse("file:x.yaml").runs()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "chain", "chain:", "chain:x", "chain:-1", "ring:3", "diamond:10", "diamond:2x", "file:"})
    void what_is_no_shape_is_refused_with_those_there_are(String text) {
        assertThatThrownBy(() -> Shape.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("found '" + text + "'; " + Shape.EXPECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chain:0", "chain:10001", "diamond:0x10", "diamond:2x2", "fanout:99999999"})
    void a_size_out_of_range_is_refused_with_the_range(String text) {
        assertThatThrownBy(() -> Shape.parse(text)).hasMessageContaining("expected a number from");
    }

    @Test
    void a_chain_has_one_step_after_the_other() {
        var workflow = compiled(ShapeSource.of(new Shape.Chain(100), Uses.NOOP));
        assertThat(workflow.labels()).containsEntry("bench", "chain:100");
        assertThat(needs(workflow.steps().getFirst())).isEmpty();
        for (int i = 1; i < 100; i++) {
            assertThat(needs(workflow.steps().get(i))).containsExactly(i - 1);
        }
    }

    @Test
    void a_fan_out_has_independent_steps_and_a_join() {
        var steps = compiled(ShapeSource.of(new Shape.FanOut(1000), Uses.SHELL)).steps();
        assertThat(steps).hasSize(1001).allMatch(step -> step.uses().equals("shell"));
        assertThat(steps.subList(0, 1000)).allMatch(step -> step.needs().isEmpty());
        assertThat(needs(steps.getLast())).hasSize(1000);
    }

    @Test
    void the_largest_fan_out_fills_a_workflow() {
        assertThat(compiled(ShapeSource.of(new Shape.FanOut(10_000), Uses.NOOP)).steps())
                .hasSize(10_000);
    }

    @Test
    void a_diamond_begins_and_ends_with_one_step() {
        var steps =
                compiled(ShapeSource.of(new Shape.Diamond(3, 10), Uses.NOOP)).steps();
        assertThat(steps).hasSize(10);
        assertThat(needs(steps.getFirst())).isEmpty();
        assertThat(steps.subList(1, 9)).allMatch(step -> needs(step).equals(List.of(0)));
        assertThat(needs(steps.getLast())).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    private static List<Integer> needs(Step step) {
        return step.needs().stream().map(Step.Need::step).toList();
    }

    static Workflow compiled(String source) {
        var compilation = new YamlWorkflowCompiler(TYPES, Limits.DEFAULT)
                .compile("bench", source.getBytes(StandardCharsets.UTF_8));
        assertThat(compilation)
                .isInstanceOfSatisfying(
                        Compilation.Accepted.class,
                        accepted -> assertThat(accepted.warnings()).isEmpty());
        return ((Compilation.Accepted) compilation).workflow();
    }
}
