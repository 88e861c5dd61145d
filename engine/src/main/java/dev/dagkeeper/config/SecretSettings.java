package dev.dagkeeper.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What secrets {@code from: env} and {@code from: file} may reach on a worker: whoever may deploy a workflow reads
 * whatever this lets through. Nothing unless configured; with embedded stores everything that the user can read, who is
 * the only one to deploy there.
 */
public sealed interface SecretSettings {
    /** Whether a secret may come from this variable. */
    boolean allowsEnv(String name);

    /**
     * The file that a secret is read from, links followed, when it is there and allowed. A link counts as what it
     * points to.
     */
    Optional<Path> resolveFile(Path file);

    /** No limit but the user's own. */
    record Everything() implements SecretSettings {
        @Override
        public boolean allowsEnv(String name) {
            return true;
        }

        @Override
        public Optional<Path> resolveFile(Path file) {
            return real(file);
        }
    }

    /**
     * What is listed.
     *
     * @param env names of variables
     * @param files files, or directories with all that is in them; absolute
     */
    record Listed(NamePatterns env, List<Path> files) implements SecretSettings {
        public Listed {
            files = List.copyOf(files);
        }

        @Override
        public boolean allowsEnv(String name) {
            return env.matches(name);
        }

        @Override
        public Optional<Path> resolveFile(Path file) {
            return real(file)
                    .filter(path -> files.stream()
                            .flatMap(allowed -> real(allowed).stream())
                            .anyMatch(path::startsWith));
        }
    }

    private static Optional<Path> real(Path file) {
        try {
            return Optional.of(file.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
