package dev.dagkeeper.api.server;

import dev.dagkeeper.config.SecretSettings;
import dev.dagkeeper.worker.SecretAccess;
import dev.dagkeeper.workflow.Workflow.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Secrets from the environment and from files, as far as the worker's configuration lets them through. Messages name the
 * secret and what to change, never a value.
 */
final class AllowedSecrets implements SecretAccess {
    private final SecretSettings settings;
    private final Map<String, String> environment;

    AllowedSecrets(SecretSettings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String resolve(Secret secret) throws SecretException {
        return switch (secret.from()) {
            case ENV -> fromEnvironment(secret);
            case FILE -> fromFile(secret);
            case STORE ->
                throw new SecretException("secret " + secret.name() + " comes from a store, which this version"
                        + " does not have; use from: env or from: file");
        };
    }

    private String fromEnvironment(Secret secret) throws SecretException {
        if (!settings.allowsEnv(secret.key())) {
            throw new SecretException("secret " + secret.name() + " may not be read from the variable " + secret.key()
                    + " on this worker; allow it under secrets.env of its dagkeeper.yaml");
        }
        var value = environment.get(secret.key());
        if (value == null) {
            throw new SecretException("secret " + secret.name() + " is to come from the variable " + secret.key()
                    + ", which is not set in this worker's environment");
        }
        return value;
    }

    private String fromFile(Secret secret) throws SecretException {
        var file = Path.of(secret.key());
        if (!settings.allowsFile(file)) {
            throw new SecretException("secret " + secret.name() + " may not be read from the file " + file
                    + " on this worker; allow it under secrets.files of its dagkeeper.yaml");
        }
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw new SecretException("secret " + secret.name() + " is to come from the file " + file
                    + ", which cannot be read on this worker: " + e.getMessage());
        }
    }
}
