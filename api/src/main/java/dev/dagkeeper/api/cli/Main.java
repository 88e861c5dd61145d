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
        var code = execute(arguments);
        if (arguments.length > 0 && Commands.HOSTING.contains(arguments[0])) {
            System.exit(code);
        }
        // An exit in order loads the platform's logging to say so; here nothing is left to be put in order.
        Runtime.getRuntime().halt(code);
    }

    /** Runs one command as {@link #main} does, without ending the process; for training runs. */
    public static void rehearse(String... arguments) {
        var code = execute(arguments);
        System.err.println(String.join(" ", arguments) + ": exit code " + code);
    }

    private static int execute(String... arguments) {
        var out = stream(FileDescriptor.out);
        var err = stream(FileDescriptor.err);
        var environment = new Environment(
                out,
                err,
                System.getenv(),
                Path.of("").toAbsolutePath(),
                InstantSource.system(),
                Boolean.getBoolean("dagkeeper.terminal"));
        return new Dagkeeper(environment).run(arguments);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        var file = new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER);
        return new PrintStream(file, descriptor == FileDescriptor.err, StandardCharsets.UTF_8);
    }
}
