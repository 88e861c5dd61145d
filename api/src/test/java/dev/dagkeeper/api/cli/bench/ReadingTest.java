package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadingTest {
    private static final String METRICS = """
            # HELP dagkeeper_zookeeper_last_transaction the number of the last transaction
            # TYPE dagkeeper_zookeeper_last_transaction gauge
            dagkeeper_zookeeper_last_transaction 4.294967396E9
            dagkeeper_zookeeper_operations_total 70.0
            dagkeeper_http_requests_seconds_count{method="GET",route="/v1/runs",status="200"} 9
            dagkeeper_postgres_flushes_total 20.0
            dagkeeper_postgres_write_transactions_total NaN
            dagkeeper_processor_seconds_total 1.5
            """;

    @Test
    void figures_are_read_from_the_text_of_prometheus() {
        assertThat(Reading.parse(METRICS)).isEqualTo(new Reading(4294967396.0, 70, 20, Double.NaN, 1.5));
    }

    @Test
    void costs_are_differences_by_step_and_unknown_where_either_side_is() {
        var before = Reading.parse(METRICS);
        var after = new Reading(4294967426.0, 145, 30, 40, 2);
        var costs = after.since(before, 10);
        assertThat(costs.zkTransactions()).hasValue(3);
        assertThat(costs.zkOperations()).hasValue(7.5);
        assertThat(costs.pgFlushes()).hasValue(1);
        assertThat(costs.pgWriteTransactions()).isEmpty();
        assertThat(costs.seconds()).hasValue(0.05);
    }

    @Test
    void transactions_are_unknown_when_the_ensemble_had_another_leader() {
        var before = Reading.parse(METRICS);
        var after = new Reading(2 * 4294967296.0 + 5, 145, 30, 40, 2);
        assertThat(after.since(before, 10).zkTransactions()).isEmpty();
    }

    @Test
    void counters_that_began_anew_and_figures_of_no_step_say_nothing() {
        var reading = Reading.parse(METRICS);
        var restarted = new Reading(4294967426.0, 3, 30, 40, 0.1);
        assertThat(restarted.since(reading, 10).zkOperations()).isEmpty();
        assertThat(reading.since(reading, 0).pgFlushes()).isEmpty();
    }

    @Test
    void a_server_without_these_figures_leaves_all_unknown() {
        var nothing = Reading.parse("");
        assertThat(nothing.since(nothing, 10).zkTransactions()).isEmpty();
        assertThat(nothing.since(nothing, 10).seconds()).isEmpty();
    }
}
