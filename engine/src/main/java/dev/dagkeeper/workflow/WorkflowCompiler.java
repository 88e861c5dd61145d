package dev.dagkeeper.workflow;

import java.util.List;

/** Turns the text of one workflow file into a checked {@link Workflow}. Thread-safe. */
public interface WorkflowCompiler {
    /**
     * Checks everything and reports every problem at once.
     *
     * @param file the name to use in problems
     * @param source the bytes of the file, expected to be UTF-8
     */
    Compilation compile(String file, byte[] source);

    /** What became of a source. */
    sealed interface Compilation {
        /** Warnings only, or nothing at all. */
        record Accepted(Workflow workflow, List<Problem> warnings) implements Compilation {}

        /** At least one error; warnings may be among the problems. In order of position. */
        record Rejected(List<Problem> problems) implements Compilation {}
    }
}
