package dev.dagkeeper.workflow;

/**
 * What a workflow file may cost its reader.
 *
 * @param fileBytes the largest accepted file, in bytes
 * @param expandedBytes the largest document after its aliases are replaced by what they name, in characters
 * @param aliases the most aliases of one file
 * @param steps the most steps of one workflow, hooks not counted
 * @param nesting the deepest nesting of maps and lists
 * @param expressionBytes the longest expression, in bytes of UTF-8
 */
public record Limits(int fileBytes, int expandedBytes, int aliases, int steps, int nesting, int expressionBytes) {
    private static final int MIB = 1024 * 1024;

    /** What holds everywhere: files up to 1 MiB. */
    public static final Limits DEFAULT = new Limits(MIB, 10 * MIB, 100, 10_000, 20, 4096);

    /** For a server that allows it: files up to 10 MiB. */
    public static final Limits LARGE = new Limits(10 * MIB, 10 * MIB, 100, 10_000, 20, 4096);

    public Limits {
        if (fileBytes < 1 || expandedBytes < 1 || aliases < 0 || steps < 1 || nesting < 1 || expressionBytes < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
