package dev.dagkeeper.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.config.NamePatterns;
import dev.dagkeeper.config.SecretSettings;
import dev.dagkeeper.worker.SecretAccess.SecretException;
import dev.dagkeeper.workflow.Workflow.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredSecretsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("API_KEY", "hush", "OTHER", "quiet");

    @TempDir
    Path directory;

    @Test
    void reads_what_is_allowed_and_nothing_else() throws Exception {
        var allowed = Files.createDirectory(directory.resolve("allowed"));
        Files.writeString(allowed.resolve("key"), "hush\r\n");
        Files.writeString(directory.resolve("other"), "quiet\n");
        var secrets = new ConfiguredSecrets(
                new SecretSettings.Listed(new NamePatterns(List.of("API_*")), List.of(allowed)), ENVIRONMENT);
        assertThat(secrets.resolve(env("API_KEY"))).isEqualTo("hush");
        assertThat(secrets.resolve(file(allowed.resolve("key")))).isEqualTo("hush");
        refuses(secrets, env("OTHER"), "add it to secrets.env");
        refuses(secrets, env("API_GONE"), "not set on this worker");
        refuses(secrets, file(directory.resolve("other")), "see secrets.files");
        refuses(secrets, new Secret("S", Secret.Source.FILE, "allowed/key"), "expected an absolute path");
        refuses(secrets, file(allowed), "expected a file");
        refuses(secrets, new Secret("S", Secret.Source.STORE, "k"), "use from: env or from: file");
    }

    @Test
    void without_limits_it_reads_what_the_user_can() throws Exception {
        var file = Files.writeString(directory.resolve("key"), "hush");
        var secrets = new ConfiguredSecrets(new SecretSettings.Everything(), ENVIRONMENT);
        assertThat(secrets.resolve(env("OTHER"))).isEqualTo("quiet");
        assertThat(secrets.resolve(file(file))).isEqualTo("hush");
        Files.write(file, new byte[] {(byte) 0xff});
        refuses(secrets, file(file), "cannot be read as UTF-8");
        refuses(secrets, file(directory.resolve("gone")), "is not on this worker");
        assertThat(secrets.toString()).doesNotContain("quiet");
    }

    private static void refuses(SecretAccess secrets, Secret secret, String why) {
        assertThatThrownBy(() -> secrets.resolve(secret))
                .isInstanceOf(SecretException.class)
                .hasMessageContaining("secret S")
                .hasMessageContaining(why)
                .hasMessageNotContaining("quiet");
    }

    private static Secret env(String name) {
        return new Secret("S", Secret.Source.ENV, name);
    }

    private static Secret file(Path path) {
        return new Secret("S", Secret.Source.FILE, path.toString());
    }
}
