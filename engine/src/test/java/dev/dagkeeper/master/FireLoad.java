package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * 200 triggers that fire every second or two, and the check that each fire has exactly one outcome and one run. Which fires
 * there should be is computed in SQL from a trigger's name alone: {@code t<number>_<period>_<offset>}, in seconds.
 */
public final class FireLoad {
    /** Workflows, each with its triggers. */
    public static final int WORKFLOWS = 4;

    private static final int TRIGGERS = 50;

    private final Function<String, List<String>> query;

    /** @param query gives the first column of what a query finds, as text */
    public FireLoad(Function<String, List<String>> query) {
        this.query = query;
    }

    /** The name of a workflow. */
    public static String workflow(int number) {
        return "load" + number;
    }

    /** The triggers of one workflow: periods of one and two seconds, at both seconds. A line each, without indent. */
    public static String triggers(Random random) {
        var triggers = new StringBuilder();
        for (int t = 0; t < TRIGGERS; t++) {
            int period = 1 + random.nextInt(2);
            int offset = random.nextInt(period);
            triggers.append("t%d_%d_%d: {every: %ds, offset: %ds}%n".formatted(t, period, offset, period, offset));
        }
        return triggers.toString();
    }

    /** Lets the triggers fire for so long. */
    public static void pass(long millis) {
        if (millis > 0) {
            await().pollDelay(Duration.ofMillis(millis))
                    .atMost(Duration.ofMillis(millis + 10_000))
                    .until(() -> true);
        }
    }

    private String one(String sql) {
        return query.apply(sql).getFirst();
    }

    /** How many fires there were, and how late the latest was decided about. */
    public String figures() {
        return "%s fires, latest %s s late"
                .formatted(
                        one("SELECT count(*) FROM fire"),
                        one("SELECT round(extract(epoch FROM max(decided_at - fire)), 1) FROM fire"));
    }

    /** Waits until all fires up to the end have an outcome: each trigger stands at its last fire before it, or later. */
    public void awaitOutcomes(Instant end) {
        await("all cursors")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> one("""
                        SELECT count(*) FROM trigger_cursor WHERE cursor >= '%s'::timestamptz - interval '1 second'
                        """.formatted(end)).equals(Integer.toString(WORKFLOWS * TRIGGERS)));
    }

    /**
     * Every fire from the deployment up to the end was started, once, and there is no run besides.
     *
     * @param seconds how long it fired, at least
     */
    public void assertExactlyOnce(Instant end, int seconds) {
        var expected = """
                WITH expected AS (
                    SELECT t.workflow_id, t.name, to_timestamp(s) AS fire
                    FROM trigger t CROSS JOIN LATERAL generate_series(
                        floor(extract(epoch FROM t.since))::bigint + 1, extract(epoch FROM '%s'::timestamptz)::bigint - 1) AS s
                    WHERE s %% split_part(t.name, '_', 2)::int = split_part(t.name, '_', 3)::int
                )
                """.formatted(end);
        assertThat(Integer.parseInt(one(expected + "SELECT count(*) FROM expected")))
                .as("fires that there should be")
                .isGreaterThan(WORKFLOWS * TRIGGERS * (seconds / 2 - 1));
        assertThat(query.apply(expected + """
                SELECT e.name || ' ' || e.fire FROM expected e
                LEFT JOIN fire f ON f.workflow_id = e.workflow_id AND f.trigger = e.name AND f.fire = e.fire
                WHERE f.fire IS NULL
                """)).as("missing").isEmpty();
        assertThat(query.apply("""
                SELECT trigger || ' ' || fire || ' ' || outcome || ' ' || reason FROM fire
                WHERE outcome <> 'started' OR extract(epoch FROM fire)::bigint % split_part(trigger, '_', 2)::int
                    <> split_part(trigger, '_', 3)::int
                """)).as("not started, or no fire at all").isEmpty();
        assertThat(query.apply("""
                SELECT workflow || ' ' || trigger || ' ' || nominal_time FROM run
                GROUP BY workflow, trigger, nominal_time HAVING count(*) > 1
                """)).as("twice").isEmpty();
        assertThat(query.apply("""
                SELECT f.trigger || ' ' || f.fire FROM fire f
                LEFT JOIN run r ON r.id = f.run_id AND r.trigger = f.trigger AND r.nominal_time = f.fire
                WHERE r.id IS NULL
                """)).as("without its run").isEmpty();
        assertThat(one("SELECT count(*) FROM run WHERE id NOT IN (SELECT run_id FROM fire)"))
                .as("runs without a fire")
                .isEqualTo("0");
    }
}
