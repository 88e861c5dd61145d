package dev.dagkeeper.workflow;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The types of what expressions of one workflow can see. Immutable. */
final class CelTypes implements CelTypeProvider {
    private final ImmutableMap<String, StructType> structs;

    private CelTypes(Map<String, StructType> structs) {
        this.structs = ImmutableMap.copyOf(structs);
    }

    static CelTypes of(WorkflowDraft draft) {
        var structs = new HashMap<String, StructType>();
        var inputs = new LinkedHashMap<String, CelType>();
        draft.inputs.forEach(input -> inputs.putIfAbsent(input.name(), of(input.type())));
        add(structs, ExpressionScope.Root.INPUTS.word(), inputs);
        add(structs, ExpressionScope.Root.ENV.word(), Maps.asMap(draft.env.keySet(), name -> SimpleType.STRING));
        var interval = add(structs, "run.interval", Map.of("start", SimpleType.TIMESTAMP, "end", SimpleType.TIMESTAMP));
        var event = add(
                structs,
                "run.event",
                Map.of(
                        "id", SimpleType.INT,
                        "uri", SimpleType.STRING,
                        "at", SimpleType.TIMESTAMP,
                        "workflow", SimpleType.STRING,
                        "run", SimpleType.STRING,
                        "step", SimpleType.STRING,
                        "data", SimpleType.DYN));
        add(
                structs,
                ExpressionScope.Root.RUN.word(),
                Map.of(
                        "id", SimpleType.STRING,
                        "workflow", SimpleType.STRING,
                        "revision", SimpleType.INT,
                        "time", SimpleType.TIMESTAMP,
                        "interval", interval,
                        "trigger", SimpleType.STRING,
                        "events", ListType.create(event)));
        add(structs, ExpressionScope.Root.STEP.word(), Map.of("id", SimpleType.STRING, "attempt", SimpleType.INT));
        add(
                structs,
                ExpressionScope.Root.ERROR.word(),
                Map.of("kind", SimpleType.STRING, "exit_code", SimpleType.INT, "message", SimpleType.STRING));
        addSteps(draft, structs);
        return new CelTypes(structs);
    }

    /** For each phase the steps by id; a hook sees its own map's before the main ones. */
    private static void addSteps(WorkflowDraft draft, Map<String, StructType> structs) {
        var main = new HashMap<String, CelType>();
        var byPhase = new HashMap<Step.Phase, Map<String, CelType>>();
        for (var step : draft.steps) {
            var outputs = new LinkedHashMap<String, CelType>();
            step.outputs().forEach(output -> outputs.putIfAbsent(output.name(), ofOutput(step, output)));
            var name = step.phase().key() + "." + step.id();
            var outputsType = add(structs, name + ".outputs", outputs);
            var type = add(structs, name, Map.of("state", SimpleType.STRING, "outputs", outputsType));
            var phase = step.phase() == Step.Phase.MAIN
                    ? main
                    : byPhase.computeIfAbsent(step.phase(), p -> new HashMap<>());
            phase.putIfAbsent(step.id(), type);
        }
        add(structs, stepsOf(Step.Phase.MAIN), main);
        byPhase.forEach((phase, own) -> {
            main.forEach(own::putIfAbsent);
            add(structs, stepsOf(phase), own);
        });
    }

    private static String stepsOf(Step.Phase phase) {
        return "steps seen by " + phase.key();
    }

    private static StructType add(Map<String, StructType> structs, String name, Map<String, ? extends CelType> fields) {
        var copy = ImmutableMap.<String, CelType>copyOf(fields);
        // Not a name an expression could write, or it would mean the type and not the value.
        var type = StructType.create("~" + name, copy.keySet(), field -> Optional.ofNullable(copy.get(field)));
        structs.put(type.name(), type);
        return type;
    }

    /** The type of values of a declared type: dates and options are text, times and durations are their own. */
    static CelType of(ValueType type) {
        return switch (type) {
            case ValueType.Simple simple ->
                switch (simple) {
                    case STRING, DATE -> SimpleType.STRING;
                    case INT -> SimpleType.INT;
                    case FLOAT -> SimpleType.DOUBLE;
                    case BOOL -> SimpleType.BOOL;
                    case DATETIME -> SimpleType.TIMESTAMP;
                    case DURATION -> SimpleType.DURATION;
                    case JSON -> SimpleType.DYN;
                };
            case ValueType.Enumeration options -> SimpleType.STRING;
            case ValueType.ListOf list -> ListType.create(of(list.item()));
        };
    }

    /** The type of a step's output as others read it. */
    static CelType ofOutput(StepDraft step, StepDraft.OutputDraft output) {
        var one = of(output.type());
        return step.foreach().isPresent() ? ListType.create(one) : one;
    }

    /** The type of a name at the top of an expression in a step of that phase. */
    CelType root(ExpressionScope.Root root, Step.Phase phase) {
        var name = root == ExpressionScope.Root.STEPS ? stepsOf(phase) : root.word();
        return findType("~" + name).orElseThrow();
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableMap.<String, CelType>copyOf(structs).values();
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(structs.get(name));
    }
}
