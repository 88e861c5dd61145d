package dev.dagkeeper.api.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which server to ask. */
final class ServerOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "the server; default: DAGKEEPER_SERVER, else the one running on the data directory")
    @Nullable
    String server;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "the data directory; default: DAGKEEPER_DATA_DIR, else $XDG_DATA_HOME/dagkeeper")
    @Nullable
    String dataDirectory;

    @Mixin
    final HelpOption help = new HelpOption();
}
