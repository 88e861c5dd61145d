package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Expression;
import dev.dagkeeper.workflow.Step;
import dev.dagkeeper.workflow.Step.EdgeState;
import dev.dagkeeper.workflow.Step.Phase;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.Workflow.OnStepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Draws small workflows that use everything the leader decides about. The same seed draws the same workflow. */
final class RandomWorkflow {
    private final Random random;
    private final boolean handlers;

    /** @param handlers whether edges may be conditional, so that failures can be handled */
    RandomWorkflow(long seed, boolean handlers) {
        random = new Random(seed);
        this.handlers = handlers;
    }

    Workflow draw(OnStepFailure mode) {
        var workflow = new WorkflowBuilder().mode(mode);
        phase(workflow, Phase.MAIN, 1 + random.nextInt(9));
        for (var hooks : List.of(Phase.ON_SUCCESS, Phase.ON_FAILURE, Phase.ALWAYS)) {
            if (chance(0.2)) {
                phase(workflow, hooks, 1 + random.nextInt(2));
            }
        }
        if (chance(0.1)) {
            workflow.output("total", chance(0.2) ? Literal.failing("no such key") : Literal.of("12"));
        }
        return workflow.build();
    }

    /** Ids are shuffled, so that document order is not an order in which the steps could run. */
    private void phase(WorkflowBuilder workflow, Phase phase, int count) {
        var ids = new ArrayList<String>();
        for (var i = 0; i < count; i++) {
            ids.add("s" + i);
        }
        var order = new ArrayList<>(ids);
        Collections.shuffle(order, random);
        for (var id : ids) {
            var earlier = new ArrayList<>(order.subList(0, order.indexOf(id)));
            Collections.shuffle(earlier, random);
            workflow.hook(phase, id, s -> step(s, earlier));
        }
    }

    private WorkflowBuilder.StepBuilder step(WorkflowBuilder.StepBuilder step, List<String> earlier) {
        var needs = earlier.isEmpty() ? 0 : random.nextInt(Math.min(earlier.size(), 4) + 1);
        for (var need : earlier.subList(0, needs)) {
            step.need(need, handlers && chance(0.35) ? condition() : new EdgeState[0]);
        }
        if (chance(0.6)) {
            step.join(pick(Step.Join.values()));
        }
        if (chance(0.2)) {
            step.when(bool());
        }
        if (chance(0.2)) {
            var in = chance(0.1) ? Literal.failing("no such input") : Literal.list(random.nextInt(5));
            var parallel = chance(0.5) ? 1 + random.nextInt(3) : Integer.MAX_VALUE;
            step.foreach(in, parallel, chance(0.4), random.nextInt(2));
        }
        if (chance(0.3)) {
            var delay = chance(0.5) ? Duration.ZERO : Duration.ofSeconds(random.nextInt(10));
            Optional<Expression> when = chance(0.2) ? Optional.of(bool()) : Optional.empty();
            step.retry(new Step.Retry(1 + random.nextInt(2), delay, 2, Duration.ofSeconds(15), 0.2, when));
        }
        return chance(0.15) ? step.warn() : step;
    }

    private EdgeState[] condition() {
        var states = new ArrayList<EdgeState>();
        if (chance(0.6)) {
            states.add(EdgeState.FAILED);
        }
        for (var state : EdgeState.values()) {
            if (!states.contains(state) && chance(0.2)) {
                states.add(state);
            }
        }
        return states.toArray(EdgeState[]::new);
    }

    private Expression bool() {
        return chance(0.15) ? Literal.failing("division by zero") : Literal.of(chance(0.5));
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
