package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Another process owns the data directory, or this one already does. It may be free later. */
public final class DataDirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    DataDirectoryInUseException(Path directory, Optional<Long> holder) {
        super("the data directory " + directory + " is in use by "
                + holder.map(pid -> "process " + pid).orElse("another process")
                + "; talk to the server that runs there, stop it, or name another directory with --data-dir");
    }
}
