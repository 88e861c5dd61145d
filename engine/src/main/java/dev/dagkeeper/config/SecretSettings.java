package dev.dagkeeper.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What secrets {@code from: env} and {@code from: file} may reach on a worker: whoever may deploy a workflow reads
 * whatever this lets through. Nothing unless configured; with embedded stores everything that the user can read, who is
 * the only one to deploy there.
 */
public sealed interface SecretSettings {
    /** Whether a secret may come from this variable. */
    boolean allowsEnv(String name);

    /** Whether a secret may come from this file. A link counts as what it points to; a missing file is not allowed. */
    boolean allowsFile(Path file);

    /** No limit but the user's own. */
    record Everything() implements SecretSettings {
        @Override
        public boolean allowsEnv(String name) {
            return true;
        }

        @Override
        public boolean allowsFile(Path file) {
            return true;
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
        public boolean allowsFile(Path file) {
            try {
                var real = file.toRealPath();
                for (var allowed : files) {
                    if (real.startsWith(allowed.toAbsolutePath().normalize())
                            || (allowed.toFile().exists() && real.startsWith(allowed.toRealPath()))) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
