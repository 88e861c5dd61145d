package dev.dagkeeper.history;

import dev.dagkeeper.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The Postgres server of a test JVM.
 *
 * @param url of the database to connect to for creating others
 */
record PostgresServer(String url, String user, String password, Owner owner) implements AutoCloseable {
    static final PostgresServer NONE = new PostgresServer("", "", "", () -> {});

    /** Built for machines that cannot pull; preferred when it is there. */
    private static final String LOCAL_IMAGE = "postgres:15-local";

    private static final String PUBLIC_IMAGE = "postgres:18-alpine";
    private static final String IMAGE_SETTING = "DAGKEEPER_TEST_POSTGRES_IMAGE";

    /** In Docker when an engine answers, else embedded. Says which. */
    static PostgresServer start() {
        return dockerAnswers() ? inDocker() : embedded();
    }

    String url(String database) {
        return url.replaceFirst("(//[^/]+/)[^?]*", "$1" + database);
    }

    private static boolean dockerAnswers() {
        // Asking Testcontainers where there is surely none costs seconds and pages of log.
        var socket = Path.of("/var/run/docker.sock");
        var mayBeThere = System.getenv("DOCKER_HOST") != null
                || Files.exists(socket)
                || Files.exists(Path.of(System.getProperty("user.home"), ".testcontainers.properties"));
        return mayBeThere && DockerClientFactory.instance().isDockerAvailable();
    }

    private static PostgresServer inDocker() {
        var image = image();
        System.out.println("TestPostgres: Docker, image " + image);
        var container = new PostgreSQLContainer<>(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
        container.start();
        return new PostgresServer(
                container.getJdbcUrl(), container.getUsername(), container.getPassword(), container::stop);
    }

    private static String image() {
        return Optional.ofNullable(System.getProperty(IMAGE_SETTING))
                .or(() -> Optional.ofNullable(System.getenv(IMAGE_SETTING)))
                .orElseGet(() -> hasLocalImage() ? LOCAL_IMAGE : PUBLIC_IMAGE);
    }

    private static boolean hasLocalImage() {
        var images = DockerClientFactory.instance().client().listImagesCmd().exec();
        return images.stream()
                .flatMap(image -> image.getRepoTags() == null
                        ? java.util.stream.Stream.empty()
                        : List.of(image.getRepoTags()).stream())
                .anyMatch(LOCAL_IMAGE::equals);
    }

    private static PostgresServer embedded() {
        System.out.println("TestPostgres: embedded, since no Docker engine answers");
        try {
            var directory = Files.createTempDirectory("dagkeeper-postgres");
            var postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
            return new PostgresServer(postgres.jdbcUrl(), postgres.user(), postgres.password(), () -> {
                postgres.close();
                delete(directory);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Postgres started", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Called when the JVM ends. */
    @Override
    public void close() {
        try {
            owner.stop();
        } catch (IOException e) {
            throw new UncheckedIOException("Postgres of the tests left something behind", e);
        }
    }

    /** Ends the server. */
    interface Owner {
        void stop() throws IOException;
    }
}
