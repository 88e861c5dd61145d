package dev.dagkeeper.api.cli.faststart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The workflows of the training runs. */
final class Rehearsal {
    private static final int MANY = 1_000;

    private Rehearsal() {}

    /** A little of everything that usual workflows have. */
    static Path small(Path directory) throws IOException {
        return Files.writeString(directory.resolve("small.yaml"), """
                version: 1
                name: rehearsal
                inputs:
                  word: {type: string, default: hello}
                  numbers: {type: list<int>, default: [1, 2]}
                steps:
                  greet:
                    uses: shell
                    run: echo "$WORD"; echo "length=5" >> "$DAGKEEPER_OUTPUT"
                    env: {WORD: "${{ inputs.word }}"}
                    outputs: {length: {type: int}}
                    retry: {max: 1, delay: 1s}
                  each:
                    needs: [greet]
                    when: steps.greet.outputs.length > 0
                    foreach: {in: inputs.numbers, as: number}
                    uses: noop
                  bye: {uses: shell, run: echo bye, needs: {each: [succeeded, skipped]}, join: all-done}
                outputs:
                  length: {type: int, value: steps.greet.outputs.length}
                """);
    }

    /** What people get wrong. */
    static Path wrong(Path directory) throws IOException {
        return Files.writeString(directory.resolve("wrong.yaml"), """
                version: 1
                name: rehearsal
                steps:
                  one: {uses: shell, run: echo, needs: [too]}
                  two: {uses: shell, run: echo, when: inputs.nothing > 1, colour: red}
                """);
    }

    /** Many steps, whose code is worth compiling. */
    static Path large(Path directory) throws IOException {
        var text = new StringBuilder("version: 1\nname: rehearsal_large\nsteps:\n  s0: {uses: noop}\n");
        for (var step = 1; step < MANY; step++) {
            text.append("  s").append(step).append(": {uses: shell, run: echo ").append(step);
            text.append(", needs: [s").append(step - 1).append("]}\n");
        }
        return Files.writeString(directory.resolve("large.yaml"), text);
    }

    /** Many steps at once, with which the engine's batches and waiting lines come to work. */
    static Path wide(Path directory) throws IOException {
        var text = new StringBuilder("version: 1\nname: rehearsal_wide\nsteps:\n  first: {uses: noop}\n");
        for (var step = 1; step < MANY; step++) {
            text.append("  s").append(step).append(": {uses: noop, needs: [first]}\n");
        }
        return Files.writeString(directory.resolve("wide.yaml"), text);
    }
}
