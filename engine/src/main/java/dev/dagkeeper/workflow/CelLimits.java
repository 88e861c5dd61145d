package dev.dagkeeper.workflow;

import dev.cel.common.CelOptions;

/** How much an expression may cost, to parse and to evaluate. */
final class CelLimits {
    /** Iterations of all comprehensions of one evaluation: two passes over the largest foreach, and some. */
    private static final int ITERATIONS = 250_000;

    static final CelOptions OPTIONS = CelOptions.current()
            .comprehensionMaxIterations(ITERATIONS)
            .enableHeterogeneousNumericComparisons(true)
            .maxParseRecursionDepth(60)
            .maxExpressionCodePointSize(16_384)
            .build();

    private CelLimits() {}
}
