package dev.dagkeeper.worker;

import dev.dagkeeper.config.SecretSettings;
import dev.dagkeeper.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Reads secrets from this worker's environment and files, as far as its configuration lets them reach. Thread-safe.
 *
 * @param settings what they may reach
 * @param environment of the worker's process
 */
public record ConfiguredSecrets(SecretSettings settings, Map<String, String> environment) implements SecretAccess {
    private static final long SIZE_LIMIT = 64 << 10;

    public ConfiguredSecrets {
        environment = Map.copyOf(environment);
    }

    @Override
    public String resolve(Workflow.Secret secret) throws SecretException {
        return switch (secret.from()) {
            case ENV -> fromEnvironment(secret);
            case FILE -> fromFile(secret);
            case STORE ->
                throw new SecretException("secret " + secret.name()
                        + " comes from the store, which this worker does not" + " offer; use from: env or from: file");
        };
    }

    private String fromEnvironment(Workflow.Secret secret) throws SecretException {
        if (!settings.allowsEnv(secret.key())) {
            throw new SecretException(
                    "secret " + secret.name() + ": the worker's configuration does not allow the variable "
                            + secret.key() + "; add it to secrets.env");
        }
        var value = environment.get(secret.key());
        if (value == null) {
            throw new SecretException(
                    "secret " + secret.name() + ": the variable " + secret.key() + " is not set on this worker");
        }
        return value;
    }

    /** Without the line end that editors leave behind. */
    private String fromFile(Workflow.Secret secret) throws SecretException {
        var path = Path.of(secret.key());
        if (!path.isAbsolute()) {
            throw new SecretException(
                    "secret " + secret.name() + ": expected an absolute path, found '" + secret.key() + "'");
        }
        var file = settings.resolveFile(path)
                .orElseThrow(() -> new SecretException("secret " + secret.name() + ": the file " + path
                        + " is not on this worker, or its configuration does not allow it; see secrets.files"));
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > SIZE_LIMIT) {
                throw new SecretException("secret " + secret.name() + ": expected a file of at most 64 KiB at " + path);
            }
            var text = Files.readString(file);
            return text.endsWith("\n") ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1)) : text;
        } catch (IOException e) {
            throw new SecretException(
                    "secret " + secret.name() + ": the file " + path + " cannot be read as UTF-8 text by this worker ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    /** Without values. */
    @Override
    public String toString() {
        return "ConfiguredSecrets[" + settings + "]";
    }
}
