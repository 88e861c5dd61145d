package dev.dagkeeper.api.cli.bench;

import java.util.OptionalDouble;

/**
 * What a step cost; empty where it is not known.
 *
 * @param zkTransactions unknown also when the ensemble had another leader meanwhile
 */
record PerStep(
        OptionalDouble zkTransactions,
        OptionalDouble zkOperations,
        OptionalDouble pgFlushes,
        OptionalDouble pgWriteTransactions,
        OptionalDouble seconds) {}
