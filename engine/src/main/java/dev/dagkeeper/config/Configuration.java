package dev.dagkeeper.config;

import dev.dagkeeper.alert.AlertSettings;
import dev.dagkeeper.embedded.DataDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a process is told: flags, then the environment, then {@code dagkeeper.yaml}, then defaults. Immutable and
 * thread-safe.
 *
 * @param dataDirectory where embedded stores live and where a local server is found
 * @param clientServer the server that commands talk to, when one is named
 * @param server what a server process is
 * @param stores where the truth is
 * @param worker how a worker works
 * @param secrets what secrets may reach here
 * @param connections named connections of {@code sql} and {@code http} steps
 * @param alerts where alerts go from the process that leads
 * @param values every setting with its source, in the order of the documentation
 */
public record Configuration(
        DataDirectory dataDirectory,
        Optional<URI> clientServer,
        ServerSettings server,
        StoreSettings stores,
        WorkerSettings worker,
        SecretSettings secrets,
        Connections connections,
        AlertSettings alerts,
        List<Value> values) {
    /** The file looked for in the data directory. */
    public static final String FILE_NAME = "dagkeeper.yaml";

    public Configuration {
        values = List.copyOf(values);
    }

    /**
     * One setting as it holds.
     *
     * @param key {@code worker.slots}
     * @param text as one would write it; what may be secret is hidden
     * @param source who said so
     */
    public record Value(String key, String text, Source source) {}

    /**
     * What the command line said.
     *
     * @param values by option with its dashes ({@code --slots}), as written; options that are no settings do not belong
     *     here
     * @param dataDirectory {@code --data-dir}
     * @param file {@code --config}
     */
    public record Flags(Map<String, String> values, Optional<Path> dataDirectory, Optional<Path> file) {
        /** A command line that said nothing. */
        public static final Flags NONE = new Flags(Map.of(), Optional.empty(), Optional.empty());

        public Flags {
            values = Map.copyOf(values);
        }
    }

    /**
     * Puts the configuration together.
     *
     * @param environment of the process
     * @throws ConfigurationException with everything that is wrong
     */
    public static Configuration load(Flags flags, Map<String, String> environment) throws ConfigurationException {
        return new ConfigurationLoader(flags, environment).load();
    }
}
