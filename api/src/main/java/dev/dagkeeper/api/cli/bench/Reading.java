package dev.dagkeeper.api.cli.bench;

import java.util.HashMap;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a server's {@code /metrics} say of costs at one moment; NaN where they say nothing. Only differences mean something.
 *
 * @param lastTransaction number of ZooKeeper's last transaction, whose upper 32 bits are the term of the ensemble's leader
 */
record Reading(double lastTransaction, double operations, double flushes, double writeTransactions, double seconds) {
    private static final double TRANSACTIONS_OF_A_TERM = 4294967296.0;

    static Reading parse(String metrics) {
        var values = new HashMap<String, Double>();
        metrics.lines().filter(line -> line.startsWith("dagkeeper_")).forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank > 0 && line.charAt(blank - 1) != '}') {
                values.put(
                        line.substring(0, blank),
                        number(line.substring(blank + 1).strip()));
            }
        });
        return new Reading(
                values.getOrDefault("dagkeeper_zookeeper_last_transaction", Double.NaN),
                values.getOrDefault("dagkeeper_zookeeper_operations_total", Double.NaN),
                values.getOrDefault("dagkeeper_postgres_flushes_total", Double.NaN),
                values.getOrDefault("dagkeeper_postgres_write_transactions_total", Double.NaN),
                values.getOrDefault("dagkeeper_processor_seconds_total", Double.NaN));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.toLowerCase(Locale.ROOT).equals("nan") ? "NaN" : text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** What was spent between another reading and this one, by step. */
    PerStep since(Reading before, int steps) {
        boolean sameTerm = Math.floor(lastTransaction / TRANSACTIONS_OF_A_TERM)
                == Math.floor(before.lastTransaction / TRANSACTIONS_OF_A_TERM);
        return new PerStep(
                sameTerm ? spent(before.lastTransaction, lastTransaction, steps) : OptionalDouble.empty(),
                spent(before.operations, operations, steps),
                spent(before.flushes, flushes, steps),
                spent(before.writeTransactions, writeTransactions, steps),
                spent(before.seconds, seconds, steps));
    }

    /** Nothing for what is not known, or began anew. */
    private static OptionalDouble spent(double before, double after, int steps) {
        var spent = after - before;
        return steps > 0 && spent >= 0 ? OptionalDouble.of(spent / steps) : OptionalDouble.empty();
    }
}
