package dev.dagkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final ServerAddress ADDRESS = new ServerAddress(
            URI.create("http://127.0.0.1:8080"),
            "s3cret",
            ProcessHandle.current().pid());

    @TempDir
    Path temporary;

    @Test
    void is_where_the_base_directory_specification_says() {
        assertThat(DataDirectory.byDefault(Map.of("XDG_DATA_HOME", "/data")).path())
                .isEqualTo(Path.of("/data/dagkeeper"));
        var home = Path.of(System.getProperty("user.home"), ".local/share/dagkeeper");
        assertThat(DataDirectory.byDefault(Map.of()).path()).isEqualTo(home);
        assertThat(DataDirectory.byDefault(Map.of("XDG_DATA_HOME", "relative")).path())
                .isEqualTo(home);
    }

    @Test
    void is_for_its_owner_alone_and_locked_once() throws Exception {
        var directory = new DataDirectory(temporary.resolve("a/b"));
        try (var lock = directory.lock()) {
            assertThat(lock.directory()).isEqualTo(directory);
            assertThat(Files.getPosixFilePermissions(directory.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThatThrownBy(directory::lock)
                    .isInstanceOf(DataDirectoryInUseException.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
        directory.lock().close();
    }

    @Test
    void an_existing_directory_that_others_can_enter_is_closed_to_them() throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        new DataDirectory(temporary).lock().close();
        assertThat(Files.getPosixFilePermissions(temporary)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void the_announced_server_is_found_until_the_lock_is_closed() throws Exception {
        var directory = new DataDirectory(temporary);
        assertThat(directory.find()).isEmpty();
        var lock = directory.lock();
        assertThat(directory.find()).isEmpty();
        lock.announce(ADDRESS);
        assertThat(directory.find()).contains(ADDRESS);
        assertThat(Files.getPosixFilePermissions(temporary.resolve("server")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        lock.close();
        assertThat(directory.find()).isEmpty();
        assertThatThrownBy(() -> lock.announce(ADDRESS)).isInstanceOf(IllegalStateException.class);
        lock.close();
    }

    @Test
    void what_a_killed_server_left_behind_is_ignored_and_then_removed() throws Exception {
        var directory = new DataDirectory(temporary);
        directory.lock().close();
        Files.writeString(temporary.resolve("server"), ADDRESS.format());
        assertThat(directory.find()).isEmpty();
        Files.writeString(temporary.resolve("server"), "url=half");
        assertThat(directory.find()).isEmpty();
        try (var lock = directory.lock()) {
            assertThat(lock.directory().path().resolve("server")).doesNotExist();
        }
    }

    @Test
    void the_holder_of_another_life_of_the_same_process_id_does_not_count() throws Exception {
        Files.writeString(
                temporary.resolve("holder"), ProcessHandle.current().pid() + " started 2001-01-01T00:00:00Z\n");
        new DataDirectory(temporary).lock().close();
    }

    @Test
    void a_directory_that_cannot_be_made_is_refused_with_what_to_do() throws Exception {
        var file = Files.writeString(temporary.resolve("file"), "");
        assertThatThrownBy(new DataDirectory(file.resolve("below"))::lock)
                .isInstanceOf(EmbeddedStoreException.class)
                .hasMessageContaining("--data-dir");
    }

    @Test
    void an_address_keeps_its_token_to_itself() {
        assertThat(ServerAddress.parse(ADDRESS.format())).contains(ADDRESS);
        assertThat(ADDRESS.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> new ServerAddress(URI.create("http://x"), "two\nlines", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
