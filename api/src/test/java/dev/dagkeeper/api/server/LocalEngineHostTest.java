package dev.dagkeeper.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.api.cli.EngineHost;
import dev.dagkeeper.api.cli.HostException;
import dev.dagkeeper.api.cli.HostOptions;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEngineHostTest {
    @TempDir
    private Path directory;

    @Test
    void an_address_that_is_refused_is_so_before_anything_is_started() {
        var host = ServiceLoader.load(EngineHost.class).findFirst().orElseThrow();
        var options = HostOptions.of(directory.resolve("data"), HostOptions.Lifetime.SERVER)
                .withListen("0.0.0.0:0");

        assertThatThrownBy(() -> host.start(options))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("refused to listen on 0.0.0.0");
        host.close();
        assertThat(directory.resolve("data/postgres")).doesNotExist();
    }
}
