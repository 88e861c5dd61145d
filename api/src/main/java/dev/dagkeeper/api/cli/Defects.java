package dev.dagkeeper.api.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes down what is known of a defect of the program, for whoever is to mend it. */
final class Defects {
    private Defects() {}

    /**
     * Writes it to a new file among the temporary ones, which only this user can read.
     *
     * @throws IOException when it cannot be written
     */
    static Path write(Throwable defect, String version) throws IOException {
        var file = Files.createTempFile("dagkeeper-error-", ".txt");
        try (var details = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            details.println("dagkeeper " + version + ", Java " + Runtime.version());
            defect.printStackTrace(details);
            if (details.checkError()) {
                throw new IOException("cannot write " + file);
            }
        }
        return file;
    }
}
