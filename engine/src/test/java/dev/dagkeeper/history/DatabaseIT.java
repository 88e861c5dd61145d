package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Test
    void a_fresh_database_is_migrated_by_several_at_once() throws Exception {
        var url = POSTGRES.newDatabase("TEMPLATE template0");
        try (var threads = Executors.newFixedThreadPool(3)) {
            Callable<Database> open = () -> Database.openAndMigrate(POSTGRES.settings(url, Role.MASTER));
            for (var future : threads.invokeAll(List.of(open, open, open))) {
                future.get().close();
            }
        }
        try (var database = Database.open(POSTGRES.settings(url, Role.API))) {
            assertThat(database.runs().create(Samples.run(1))).isEqualTo(new NewRun.Outcome.Created());
        }
    }

    @Test
    void a_migrated_database_opens_without_asking_flyway() {
        var began = System.nanoTime();
        Database.openAndMigrate(POSTGRES.settings(Role.API)).close();
        var took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("opening a migrated database took " + took.toMillis() + " ms");
        assertThat(took).isLessThan(Promised.within(Duration.ofSeconds(3)));
    }

    @Test
    void a_database_without_schema_is_not_opened_for_a_role_that_does_not_make_it() {
        var url = POSTGRES.newDatabase("TEMPLATE template0");
        assertThatThrownBy(() -> Database.open(POSTGRES.settings(url, Role.WORKER)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("not there yet")
                .hasMessageContaining("start a server with the master role");
    }

    @Test
    void a_newer_schema_is_refused() throws Exception {
        var url = POSTGRES.newDatabase("TEMPLATE dagkeeper_template");
        var settings = POSTGRES.settings(url, Role.API);
        try (var connection = DriverManager.getConnection(url, settings.user(), settings.password());
                var statement = connection.createStatement()) {
            statement.execute("UPDATE flyway_schema_history SET version = '99' WHERE version = '1'");
        }
        for (var open : List.<Runnable>of(() -> Database.open(settings), () -> Database.openAndMigrate(settings))) {
            assertThatThrownBy(open::run)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("version 99")
                    .hasMessageContaining("newer dagkeeper");
        }
    }

    @Test
    void wrong_credentials_are_told_at_once() {
        var right = POSTGRES.settings(Role.API);
        var wrong = DatabaseSettings.of(right.url(), right.user(), "wrong", Role.API);
        assertFailsFast(wrong, "check the user and the password");
        assertThat(wrong.toString()).doesNotContain("wrong");
    }

    @Test
    void an_unknown_database_is_told_at_once() {
        var right = POSTGRES.settings(Role.API);
        var url = right.url().replaceFirst("test_[0-9a-f]+", "no_such_database");
        assertFailsFast(
                DatabaseSettings.of(url, right.user(), right.password(), Role.API), "create the database first");
    }

    @Test
    void a_closed_port_is_told_at_once() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertFailsFast(
                DatabaseSettings.of("jdbc:postgresql://127.0.0.1:" + port + "/x", "u", "p", Role.API),
                "check that the server runs");
    }

    @Test
    void a_server_that_never_answers_is_told_within_five_seconds() throws IOException {
        try (var silent = new ServerSocket(0)) {
            assertFailsFast(
                    DatabaseSettings.of(
                            "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/x", "u", "p", Role.API),
                    "cannot connect to Postgres");
        }
    }

    private static void assertFailsFast(DatabaseSettings settings, String advice) {
        var began = System.nanoTime();
        assertThatThrownBy(() -> Database.open(settings))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(settings.url())
                .hasMessageContaining(advice);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Promised.within(Duration.ofMillis(5500)));
    }

    @Test
    void every_table_column_and_function_is_commented() throws SQLException {
        var database = POSTGRES.settings(Role.API);
        var bare = new ArrayList<String>();
        try (var connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                var rows = connection.createStatement().executeQuery("""
                        SELECT c.relname || coalesce('.' || a.attname, '') AS name
                        FROM pg_class c
                        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                            AND c.relname <> 'flyway_schema_history'
                            AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)
                        UNION ALL
                        SELECT proname FROM pg_proc
                        WHERE pronamespace = 'public'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
                        """)) {
            while (rows.next()) {
                bare.add(rows.getString(1));
            }
        }
        assertThat(bare).isEmpty();
    }

    @Test
    void partitions_for_the_coming_months_are_there_and_take_the_runs() throws SQLException {
        var api = POSTGRES.open(Role.API);
        api.createPartitions();
        var now = DatabaseClock.start(api);
        var run = Samples.run(new RunIds(now).next(), now.instant(), "partitioned", 1, java.util.Map.of());
        api.runs().create(run);
        var month = YearMonth.from(now.instant().atZone(java.time.ZoneOffset.UTC));
        var settings = POSTGRES.settings(Role.API);
        try (var connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                var statement = connection.createStatement()) {
            for (var ahead = 0; ahead < 3; ahead++) {
                for (var table : List.of("run", "step", "attempt", "event", "log_chunk")) {
                    var name = table + "_" + month.plusMonths(ahead).toString().replace('-', '_');
                    try (var rows = statement.executeQuery("SELECT to_regclass('" + name + "') IS NOT NULL")) {
                        rows.next();
                        assertThat(rows.getBoolean(1)).as(name).isTrue();
                    }
                }
            }
            try (var rows = statement.executeQuery("SELECT tableoid::regclass::text FROM step WHERE run_id = '"
                    + run.header().id() + "'")) {
                rows.next();
                assertThat(rows.getString(1))
                        .isEqualTo("step_" + month.toString().replace('-', '_'));
            }
        }
    }

    @Test
    void the_clock_follows_the_database() {
        var api = POSTGRES.open(Role.API);
        var clock = DatabaseClock.start(api);
        assertThat(clock.instant()).isCloseTo(api.now(), within(2, ChronoUnit.SECONDS));
        assertThat(api.leader().now()).isCloseTo(api.worker().now(), within(2, ChronoUnit.SECONDS));
    }
}
