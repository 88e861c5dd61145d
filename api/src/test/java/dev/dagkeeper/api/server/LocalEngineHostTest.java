package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.api.cli.EngineHost;
import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEngineHostTest {
    @TempDir
    private Path directory;

    @Test
    void an_address_that_is_refused_is_so_before_anything_is_started() {
        var host = ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();
        var options = new HostOptions(
                directory.resolve("data"),
                EnumSet.allOf(HostOptions.Role.class),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.of("0.0.0.0:0"),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                HostOptions.Lifetime.SERVER);

        assertThatThrownBy(() -> host.start(options))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("refused to listen on 0.0.0.0");
        host.close();
        assertThat(directory.resolve("data/postgres")).doesNotExist();
    }
}
