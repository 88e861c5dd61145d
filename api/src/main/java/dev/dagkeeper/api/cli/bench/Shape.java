package dev.dagkeeper.api.cli.bench;

/** What is started again and again: so many runs at once, each a DAG of one form. */
public sealed interface Shape {
    /** How the forms are written. */
    String EXPECTED = "expected chain:N, fanout:N, diamond:RUNSxSTEPS or file:PATH";

    /** One run of steps, each after the one before. */
    record Chain(int steps) implements Shape {}

    /** One run of independent steps, and one that joins them. */
    record FanOut(int steps) implements Shape {}

    /** Runs started at once; in each a step, then all others side by side, then a last one. */
    record Diamond(int runs, int steps) implements Shape {}

    /** One run of a workflow of the user's. */
    record Given(String path) implements Shape {}

    /** How many runs are started at once. */
    default int runs() {
        return this instanceof Diamond diamond ? diamond.runs : 1;
    }

    /** As it is written on the command line. */
    default String text() {
        return switch (this) {
            case Chain chain -> "chain:" + chain.steps;
            case FanOut fan -> "fanout:" + fan.steps;
            case Diamond diamond -> "diamond:" + diamond.runs + "x" + diamond.steps;
            case Given given -> "file:" + given.path;
        };
    }

    /**
     * Reads {@link #text()}.
     *
     * @throws IllegalArgumentException with what was expected and found
     */
    static Shape parse(String text) {
        int colon = text.indexOf(':');
        var form = colon < 0 ? text : text.substring(0, colon);
        var size = colon < 0 ? "" : text.substring(colon + 1);
        return switch (form) {
            case "chain" -> new Chain(number(text, size, 1, ShapeSource.MOST_STEPS));
            case "fanout" -> new FanOut(number(text, size, 1, ShapeSource.MOST_STEPS));
            case "diamond" -> diamond(text, size);
            case "file" -> {
                if (size.isEmpty()) {
                    throw wrong(text, EXPECTED);
                }
                yield new Given(size);
            }
            default -> throw wrong(text, EXPECTED);
        };
    }

    private static Diamond diamond(String text, String size) {
        int by = size.indexOf('x');
        if (by < 0) {
            throw wrong(text, EXPECTED);
        }
        return new Diamond(
                number(text, size.substring(0, by), 1, 10_000),
                number(text, size.substring(by + 1), 3, ShapeSource.MOST_STEPS));
    }

    private static int number(String text, String digits, int least, int most) {
        if (!digits.matches("[0-9]{1,9}")) {
            throw wrong(text, EXPECTED);
        }
        int number = Integer.parseInt(digits);
        if (number < least || number > most) {
            throw wrong(text, "expected a number from " + least + " to " + most + " where " + number + " stands");
        }
        return number;
    }

    private static IllegalArgumentException wrong(String text, String expected) {
        return new IllegalArgumentException("found '" + text + "'; " + expected);
    }
}
