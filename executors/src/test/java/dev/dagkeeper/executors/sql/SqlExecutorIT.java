package dev.dagkeeper.executors.sql;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.executors.StepFixture;
import dev.dagkeeper.executors.StepFixture.Attempt;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlExecutorIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @TempDir
    Path directory;

    private StepFixture steps;
    private DatabaseSettings database;

    @BeforeEach
    void open() throws IOException {
        database = POSTGRES.settings(DatabaseSettings.Role.WORKER);
        steps = new StepFixture(new SqlExecutor(), directory);
        steps.connection("db", Map.of("url", database.url(), "user", database.user(), "password", database.password()));
        POSTGRES.execute("create table if not exists item (id int, day date, name text); truncate item");
    }

    @AfterEach
    void close() {
        steps.close();
    }

    @Test
    void rows_come_as_objects_with_the_types_of_their_columns() throws InterruptedException {
        var outputs = run("""
                {"connection": "db", "query": "select 1 as i, 2.50 as n, 1.5::float8 as f, true as b, 'x' as t, null as z, \
                '{\\"a\\": 1}'::jsonb as j, date '2026-01-31' as d, timestamptz '2026-01-31 10:00+02' as ts, \
                timestamp '2026-01-31 10:00:01' as lt, array[1,2] as l, '\\\\x0102'::bytea as raw, \
                '00000000-0000-0000-0000-000000000001'::uuid as u"}
                """).succeeded().outputs();
        assertThat(outputs.get("row_count")).hasToString("1");
        assertThat(outputs.get("rows"))
                .hasToString("[{\"i\":1,\"n\":2.50,\"f\":1.5,\"b\":true,\"t\":\"x\",\"z\":null,\"j\":{\"a\":1},"
                        + "\"d\":\"2026-01-31\",\"ts\":\"2026-01-31T08:00:00Z\",\"lt\":\"2026-01-31T10:00:01\","
                        + "\"l\":[1,2],\"raw\":\"AQI=\",\"u\":\"00000000-0000-0000-0000-000000000001\"}]");
    }

    @Test
    void parameters_are_bound_by_name_and_by_place_and_never_pasted() throws InterruptedException {
        var evil = "x'); drop table item; --";
        run("""
                {"connection": "db", "query": "insert into item values (:id, :day, :name)",
                 "params": {"id": 7, "day": "2026-01-31", "name": "%s"}}
                """.formatted(evil)).succeeded();
        var outputs = run("""
                {"connection": "db", "query": "select name from item where id = ? and day = ?", "params": [7, "2026-01-31"]}
                """).succeeded().outputs();
        assertThat(outputs.get("rows")).hasToString("[{\"name\":\"" + evil + "\"}]");
        var list = run("""
                {"connection": "db", "query": "select count(*) as n from jsonb_array_elements(:all::jsonb) where :no::text is null",
                 "params": {"all": [1, 2, 3], "no": null}}
                """).succeeded().outputs();
        assertThat(list.get("rows")).hasToString("[{\"n\":3}]");
    }

    @Test
    void several_statements_are_one_transaction() throws InterruptedException {
        var failed = run("""
                {"connection": "db", "statements": ["insert into item(id) values (1)", "insert into nowhere values (1)"]}
                """).failed();
        assertThat(failed.kind()).isEqualTo("sql");
        assertThat(failed.message()).contains("nowhere", "42P01");
        assertThat(failed.retryable()).isFalse();
        assertThat(count()).isEqualTo("[{\"n\":0}]");
        var outputs = run("""
                {"connection": "db", "statements": ["insert into item(id) values (1), (2)", "select id from item order by id", "delete from item where id = 1"]}
                """).succeeded().outputs();
        assertThat(outputs.get("rows")).hasToString("[{\"id\":1},{\"id\":2}]");
        assertThat(count()).isEqualTo("[{\"n\":1}]");
    }

    @Test
    void without_a_transaction_what_cannot_run_in_one_runs() throws InterruptedException {
        run("{\"connection\": \"db\", \"query\": \"vacuum item\", \"transaction\": false}")
                .succeeded();
        assertThat(run("{\"connection\": \"db\", \"query\": \"vacuum item\"}")
                        .failed()
                        .message())
                .contains("25001");
    }

    @Test
    void more_rows_than_asked_for_are_left_out_with_a_notice() throws InterruptedException {
        var ended = run(
                "{\"connection\": \"db\", \"query\": \"select * from generate_series(1, 50) as s(i)\", \"max-rows\": 2}");
        assertThat(ended.succeeded().outputs().get("rows")).hasToString("[{\"i\":1},{\"i\":2}]");
        assertThat(ended.succeeded().outputs().get("row_count")).hasToString("2");
        assertThat(ended.log()).contains("more than 2 rows");
    }

    @Test
    void a_statement_that_takes_too_long_is_cancelled() throws InterruptedException {
        var failed = run("{\"connection\": \"db\", \"query\": \"select pg_sleep(30)\", \"timeout\": \"500ms\"}")
                .failed();
        assertThat(failed.kind()).isEqualTo("timeout");
        assertThat(failed.retryable()).isTrue();
    }

    @Test
    void being_told_to_end_cancels_the_statement_in_the_database() throws Exception {
        var running = steps.start(Attempt.with("{\"connection\": \"db\", \"query\": \"select pg_sleep(31)\"}"));
        await().atMost(60, SECONDS).until(() -> sleeping("pg_sleep(31)") == 1);
        running.interrupt();
        assertThat(running.ended().get(60, SECONDS).result()).isEmpty();
        await().atMost(Promised.within(Duration.ofSeconds(2))).until(() -> sleeping("pg_sleep(31)") == 0);
    }

    @Test
    void a_database_that_does_not_answer_is_worth_another_try() throws InterruptedException {
        steps.connection("db", Map.of("url", "jdbc:postgresql://127.0.0.1:1/x", "user", "u", "password", "p4ssw0rd"));
        var failed = run("{\"connection\": \"db\", \"query\": \"select 1\"}").failed();
        assertThat(failed.kind()).isEqualTo("connect");
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.message()).doesNotContain("p4ssw0rd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"connection\": \"other\", \"query\": \"select 1\"} | [db]",
                "{\"connection\": \"db\"} | either query or statements",
                "{\"connection\": \"db\", \"query\": \"select :a\"} | :a",
                "{\"connection\": \"db\", \"statements\": [\"select 1\"], \"params\": [1]} | a map",
                "{\"connection\": \"db\", \"query\": \"select 1\", \"max-rows\": \"many\"} | with.max-rows"
            })
    void wrong_settings_are_named_and_not_tried_again(String with, String part) throws InterruptedException {
        var failed = run(with).failed();
        assertThat(failed.kind()).isEqualTo("settings");
        assertThat(failed.retryable()).isFalse();
        assertThat(failed.message()).contains(part);
    }

    private StepFixture.Ended run(String with) throws InterruptedException {
        return steps.run(Attempt.with(with));
    }

    private String count() throws InterruptedException {
        return String.valueOf(run("{\"connection\": \"db\", \"query\": \"select count(*) as n from item\"}")
                .succeeded()
                .outputs()
                .get("rows"));
    }

    private int sleeping(String text) throws Exception {
        try (var connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                var query = connection.prepareStatement(
                        "select count(*) from pg_stat_activity where state = 'active' and query like ? and pid <> pg_backend_pid()")) {
            query.setString(1, "%" + text + "%");
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }
}
