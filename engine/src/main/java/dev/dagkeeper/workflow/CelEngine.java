package dev.dagkeeper.workflow;

import dev.cel.extensions.CelExtensions;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.standard.AddOperator;

/** What evaluates expressions: one for all, immutable, loaded at the first evaluation. */
final class CelEngine {
    // The planner's runtime copies the whole list at each step of map() and filter() in 0.14, so the one before it is.
    static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
            .setOptions(CelLimits.OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardFunctions(CelStandardFunctions.newBuilder()
                    .filterFunctions((function, overload) -> !overload.equals(AddOperator.AddOverload.ADD_STRING))
                    .build())
            .addLibraries(CelExtensions.optional())
            .addFunctionBindings(CelFunctions.bindings())
            .build();

    private CelEngine() {}
}
