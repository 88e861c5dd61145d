package dev.dagkeeper.api.cli;

import picocli.CommandLine.Option;

/** The option that asks for the help of a command. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean asked;
}
