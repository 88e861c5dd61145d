package dev.dagkeeper.workflow;

import dev.dagkeeper.executor.StepType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Binds the declared outputs of a step. */
final class OutputBinder {
    private static final Pattern PATH =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*(\\.[A-Za-z_][A-Za-z0-9_-]*|\\[[0-9]{1,9}])*");

    private final Problems problems;
    private final Scalars scalars;
    private final TypeReader types;

    OutputBinder(Problems problems) {
        this.problems = problems;
        this.scalars = new Scalars(problems);
        this.types = new TypeReader(problems);
    }

    List<StepDraft.OutputDraft> bind(Field field, Optional<StepType> stepType) {
        var outputs = new ArrayList<StepDraft.OutputDraft>();
        MapReader.each(field, problems, (key, value) -> {
            scalars.checkId(key);
            MapReader.open(value, key, Keys.OUTPUT, problems).ifPresent(map -> {
                var type = map.require("type", TypeReader.EXAMPLES).flatMap(types::read);
                var from = map.get("from").filter(f -> scalars.text(f).isPresent());
                var output = new StepDraft.OutputDraft(key, key.text(), type.orElse(ValueType.Simple.JSON), from);
                var path = from.map(Field::text).orElse(output.name());
                if (stepType.isPresent()) {
                    checkSource(output, path, stepType.get());
                }
                outputs.add(output);
            });
        });
        return outputs;
    }

    private void checkSource(StepDraft.OutputDraft output, String path, StepType type) {
        var place = output.from().orElse(output.key());
        if (type.process()) {
            if (output.from().isPresent()) {
                problems.add(
                        Code.BAD_OUTPUT,
                        place,
                        "a process gives each output by its own name, so 'from' has no meaning here",
                        "append '" + output.name() + "=...' to the file named by $DAGKEEPER_OUTPUT");
            }
            return;
        }
        if (!PATH.matcher(path).matches()) {
            problems.add(
                    Code.BAD_OUTPUT,
                    place,
                    "expected a path, found '" + TypedValue.shorten(path) + "'",
                    "such as body.items[0].id");
            return;
        }
        var root = path.split("[.\\[]", 2)[0];
        var offered = type.offers().get(root);
        if (offered == null) {
            var known = type.offers().keySet().stream().sorted().toList();
            problems.add(
                    Code.BAD_OUTPUT,
                    place,
                    "step type '" + type.name() + "' offers no '" + root + "'",
                    known.isEmpty()
                            ? "it offers nothing"
                            : Nearest.to(root, known)
                                    .map(near -> "did you mean '" + near + "'?")
                                    .orElse("it offers " + String.join(", ", known)));
        } else if (root.equals(path) && !fits(offered, output.type())) {
            problems.add(
                    Code.BAD_OUTPUT,
                    place,
                    "'" + root + "' of step type '" + type.name() + "' is " + offered.display() + ", declared is "
                            + output.type().display());
        }
    }

    private static boolean fits(ValueType offered, ValueType declared) {
        if (offered == ValueType.Simple.JSON || declared == ValueType.Simple.JSON || offered.equals(declared)) {
            return true;
        }
        if (offered instanceof ValueType.ListOf from && declared instanceof ValueType.ListOf to) {
            return fits(from.item(), to.item());
        }
        return offered == ValueType.Simple.INT && declared == ValueType.Simple.FLOAT;
    }
}
