package dev.dagkeeper.embedded;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Programs of the machine, looked up as a shell would. */
final class Executables {
    private Executables() {}

    /** The program's path, when PATH has it. */
    static Optional<Path> find(String program) {
        var path = System.getenv("PATH");
        if (path == null) {
            return Optional.empty();
        }
        for (var directory : path.split(File.pathSeparator, -1)) {
            var candidate = Path.of(directory, program);
            if (!directory.isEmpty() && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
