package dev.dagkeeper.workflow;

import java.util.Optional;

/**
 * Something wrong, or surely not meant, in a workflow file or in a run's inputs.
 *
 * @param code stable: {@code W....} for warnings, all others are errors; those of workflows are listed in docs/errors.md
 * @param file as the user named it
 * @param line from 1; 0 when it has no place
 * @param column from 1, in code points; 0 when it has no place
 * @param length code points to underline, at least 1
 * @param pointer RFC 6901 pointer into the document
 * @param message what was found and what was expected
 * @param hint what to do, such as the nearest known name
 */
public record Problem(
        String code,
        String file,
        int line,
        int column,
        int length,
        String pointer,
        String message,
        Optional<String> hint) {
    /** Whether it refuses the workflow. */
    public boolean isError() {
        return !code.startsWith("W");
    }
}
