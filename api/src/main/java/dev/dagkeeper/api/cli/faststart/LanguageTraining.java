package dev.dagkeeper.api.cli.faststart;

import dev.dagkeeper.api.cli.Main;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the commands that read workflows in their own process. */
final class LanguageTraining {
    private LanguageTraining() {}

    /** The first argument is a directory for its files. */
    public static void main(String[] arguments) throws IOException {
        var directory = Path.of(arguments[0]);
        var small = Rehearsal.small(directory).toString();
        Main.rehearse("validate", small);
        Main.rehearse(
                "validate", "-o", "json", small, Rehearsal.wrong(directory).toString());
        Main.rehearse("validate", Rehearsal.large(directory).toString());
        Main.rehearse("validate", "--colour");
        Main.rehearse("graph", small);
        Main.rehearse("schema");
        System.exit(0);
    }
}
