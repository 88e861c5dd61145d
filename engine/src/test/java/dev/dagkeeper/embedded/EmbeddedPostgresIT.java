package dev.dagkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
    @TempDir
    static Path shared;

    @TempDir
    Path temporary;

    @BeforeAll
    static void make_one_to_copy() throws Exception {
        EmbeddedPostgres.start(shared.resolve("postgres")).close();
    }

    @Test
    void keeps_what_was_committed_and_every_setting_that_makes_it_durable() throws Exception {
        var directory = temporary.resolve("postgres");
        try (var postgres = EmbeddedPostgres.start(directory)) {
            try (var connection = connect(postgres)) {
                assertThat(show(connection, "fsync")).isEqualTo("on");
                assertThat(show(connection, "synchronous_commit")).isEqualTo("on");
                assertThat(show(connection, "full_page_writes")).isEqualTo("on");
                assertThat(show(connection, "data_checksums")).isEqualTo("on");
                assertThat(show(connection, "server_encoding")).isEqualTo("UTF8");
                assertThat(show(connection, "listen_addresses")).isEqualTo("127.0.0.1");
                assertThat(show(connection, "unix_socket_directories")).isEmpty();
                execute(connection, "CREATE TABLE kept AS SELECT 42 AS answer");
            }
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
        try (var postgres = EmbeddedPostgres.start(directory);
                var connection = connect(postgres)) {
            assertThat(query(connection, "SELECT answer FROM kept")).isEqualTo("42");
        }
        assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void close_leaves_no_process_even_with_a_client_in_the_middle_of_a_transaction() throws Exception {
        var postgres = EmbeddedPostgres.start(made());
        var data = temporary.resolve("postgres/data");
        try (var connection = connect(postgres)) {
            connection.setAutoCommit(false);
            execute(connection, "CREATE TABLE unfinished (id int)");
            assertThat(StalePostgres.processes(data)).contains(postgres.pid());
            postgres.close();
            assertThat(postgres.isRunning()).isFalse();
            assertThat(StalePostgres.processes(data)).isEmpty();
            postgres.close();
        } catch (SQLException e) {
            // Closing the connection that the server has closed.
        }
    }

    @Test
    void processes_of_a_killed_postmaster_do_not_keep_the_next_from_starting() throws Exception {
        var directory = made();
        var killed = EmbeddedPostgres.start(directory);
        try (var connection = connect(killed)) {
            execute(connection, "CREATE TABLE kept AS SELECT 42 AS answer");
        }
        ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
        await().atMost(Promised.EVENTUALLY).until(() -> !killed.isRunning());
        assertThat(directory.resolve("data/postmaster.pid")).exists();
        try (var postgres = EmbeddedPostgres.start(directory);
                var connection = connect(postgres)) {
            assertThat(query(connection, "SELECT answer FROM kept")).isEqualTo("42");
        }
        killed.close();
    }

    @Test
    void a_postmaster_that_was_left_behind_is_stopped_by_the_next_start() throws Exception {
        var directory = made();
        var left = EmbeddedPostgres.start(directory);
        try (var postgres = EmbeddedPostgres.start(directory);
                var connection = connect(postgres)) {
            assertThat(left.isRunning()).isFalse();
            assertThat(query(connection, "SELECT 1")).isEqualTo("1");
        }
        left.close();
    }

    @Test
    void a_process_id_in_a_stale_file_that_now_is_somebody_else_is_left_alone() throws Exception {
        var directory = made();
        var bystander = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(
                    directory.resolve("data/postmaster.pid"),
                    bystander.pid() + "\n" + directory.resolve("data") + "\n1\n5432\n\n127.0.0.1\n1 1\nready   \n");
            try (var postgres = EmbeddedPostgres.start(directory)) {
                assertThat(postgres.isRunning()).isTrue();
                assertThat(bystander.isAlive()).isTrue();
            }
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void a_making_that_was_cut_off_is_begun_again() throws Exception {
        Files.createDirectories(temporary.resolve("postgres.new.1/data"));
        Files.writeString(temporary.resolve("postgres.new.1/data/PG_VERSION"), "18\n");
        try (var postgres = EmbeddedPostgres.start(temporary.resolve("postgres"));
                var connection = connect(postgres)) {
            assertThat(query(connection, "SELECT 1")).isEqualTo("1");
        }
        assertThat(temporary.resolve("postgres.new.1")).doesNotExist();
    }

    @Test
    void a_taken_port_and_a_foreign_version_are_refused_in_words() throws Exception {
        var directory = made();
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, taken.getLocalPort()))
                    .isInstanceOf(EmbeddedStoreException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
        Files.writeString(directory.resolve("data/PG_VERSION"), "17\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(directory))
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("Postgres 17");
        assertThat(StalePostgres.processes(directory.resolve("data"))).isEmpty();
    }

    @Test
    void a_refusal_to_start_shows_what_postgres_said() throws Exception {
        var directory = made();
        Files.delete(directory.resolve("data/global/pg_control"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(directory))
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("could not find the database system");
    }

    @Test
    void both_ways_to_unpack_give_the_same_programs() throws Exception {
        var archive = PostgresBinaries.class.getResource("/postgres-linux-x86_64.txz");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Executables.find("tar").isPresent() && Executables.find("xz").isPresent() && archive != null,
                "needs tar, xz and the archive of this machine");
        var withTar = Files.createDirectory(temporary.resolve("tar"));
        var here = Files.createDirectory(temporary.resolve("here"));
        assertThat(TarXz.unpackWithTar(archive, withTar)).isTrue();
        TarXz.unpackHere(archive, here);
        try (var files = Files.walk(withTar)) {
            for (var file : (Iterable<Path>) files::iterator) {
                assertSame(file, here.resolve(withTar.relativize(file)));
            }
        }
    }

    /** A directory in which Postgres has run and was stopped. */
    private Path made() throws IOException {
        var from = shared.resolve("postgres");
        var to = temporary.resolve("postgres");
        try (var tree = Files.walk(from)) {
            for (var path : (Iterable<Path>) tree::iterator) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    private static void assertSame(Path expected, Path actual) throws IOException {
        if (Files.isSymbolicLink(expected)) {
            assertThat(Files.readSymbolicLink(actual)).isEqualTo(Files.readSymbolicLink(expected));
        } else if (Files.isRegularFile(expected)) {
            assertThat(Files.mismatch(actual, expected)).as(expected.toString()).isEqualTo(-1);
            assertThat(Files.isExecutable(actual)).isEqualTo(Files.isExecutable(expected));
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
    }

    private static String show(Connection connection, String setting) throws SQLException {
        return query(connection, "SHOW " + setting);
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
