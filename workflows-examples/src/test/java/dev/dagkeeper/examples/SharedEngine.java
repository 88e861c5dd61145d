package dev.dagkeeper.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives test classes one engine and one installed program for all of them; both end with the last class. */
final class SharedEngine implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SharedEngine.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == HostedEngine.class || type == Program.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var store = context.getRoot().getStore(NAMESPACE);
        if (parameter.getParameter().getType() == HostedEngine.class) {
            return store.computeIfAbsent(Engine.class, _ -> new Engine(), Engine.class).hosted;
        }
        return store.computeIfAbsent(Installation.class, _ -> new Installation(), Installation.class).program;
    }

    private static final class Engine implements AutoCloseable {
        private final Path directory = temporary();
        private final HostedEngine hosted;

        Engine() {
            try {
                hosted = new HostedEngine(directory.resolve("data"));
            } catch (Exception e) {
                throw new IllegalStateException("no engine", e);
            }
        }

        @Override
        public void close() throws IOException {
            hosted.close();
            delete(directory);
        }
    }

    private static final class Installation implements AutoCloseable {
        private final Path directory = temporary();
        private final Program program;

        Installation() {
            try {
                program = Program.install(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the program was installed", e);
            }
        }

        @Override
        public void close() throws IOException {
            delete(directory);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("dagkeeper-examples");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var tree = Files.walk(directory)) {
            for (var path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
