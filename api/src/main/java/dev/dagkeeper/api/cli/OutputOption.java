package dev.dagkeeper.api.cli;

import picocli.CommandLine.Option;

/** The form of a command's data. */
final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "one of ${COMPLETION-CANDIDATES}; default table")
    Format format = Format.table;

    /** The forms, as they are written on the command line. */
    enum Format {
        table,
        json,
        jsonl,
        yaml,
        name
    }
}
