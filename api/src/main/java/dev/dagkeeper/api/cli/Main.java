package dev.dagkeeper.api.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/** The program. Kept light: what a command needs is loaded when that command runs. */
public final class Main {
    private static final int BUFFER = 8192;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        var out = stream(FileDescriptor.out);
        var err = stream(FileDescriptor.err);
        var environment = new Environment(
                out,
                err,
                System.getenv(),
                Path.of("").toAbsolutePath(),
                InstantSource.system(),
                Boolean.getBoolean("dagkeeper.terminal"));
        var code = new Dagkeeper(environment).run(arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        var file = new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER);
        return new PrintStream(file, descriptor == FileDescriptor.err, StandardCharsets.UTF_8);
    }
}
