package dev.dagkeeper.api.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Report REPORT = new Report(
            "chain:100",
            30,
            3000,
            1,
            10.5,
            120,
            new Report.Percentiles(OptionalDouble.of(1.23456), OptionalDouble.of(2), OptionalDouble.of(3)),
            new Report.Percentiles(OptionalDouble.of(300), OptionalDouble.of(310), OptionalDouble.of(320)),
            new PerStep(
                    OptionalDouble.of(3),
                    OptionalDouble.of(7.5),
                    OptionalDouble.of(1),
                    OptionalDouble.empty(),
                    OptionalDouble.of(0.0025)));

    @Test
    void the_fields_are_those_that_scripts_rely_on() {
        assertThat(REPORT.json()).hasToString("""
                {"shape":"chain:100","runs":30,"steps":3000,"failed":1,"wallSeconds":10.5,"stepsPerSecond":285.7143,\
                "coldStepsPerSecond":120.0,"dispatchMs":{"p50":1.2346,"p90":2.0,"p99":3.0},\
                "runMs":{"p50":300.0,"p99":320.0},"zkTxnsPerStep":3.0,"zkOpsPerStep":7.5,"pgSyncCommitsPerStep":1.0,\
                "pgWriteTxnsPerStep":null,"cpuSecondsPer1000Steps":2.5}""");
    }

    @Test
    void people_are_told_the_same_and_what_is_unknown() {
        assertThat(String.join("\n", REPORT.lines())).isEqualTo("""
                shape      chain:100: 30 runs, 3,000 steps, 1 failed
                speed      286 steps/s for 10.5 s; the first repeat 120
                run        p50 300.00 ms, p99 320.00 ms
                dispatch   p50 1.23 ms, p90 2.00 ms, p99 3.00 ms
                a step     ZooKeeper: 3.00 transactions, 7.50 operations; Postgres: 1.00 synchronous commits, \
                unknown write transactions
                1000 steps 2.50 s of processor time""");
    }
}
