package dev.dagkeeper.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small file system of its own in a worker's work directory, which can be filled to the last byte. */
final class FullDisk implements AutoCloseable {
    private final Path directory;

    private FullDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts it, before the worker starts; only this JVM and what it starts see it when it has mounts of its own. */
    static FullDisk mount(Path directory) throws IOException {
        Files.createDirectories(directory);
        ShellOut.run("chmod", "700", directory.resolveSibling(".").toString());
        ShellOut.run("mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "dagkeeper-chaos", directory.toString());
        return new FullDisk(directory);
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    /** Takes all the room that is left. */
    void fill() {
        var block = ByteBuffer.allocate(1 << 16);
        try (var channel = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                channel.write(block.clear());
            }
        } catch (IOException full) {
            // As it should be.
        }
    }

    /** Gives the room back. */
    void free() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        ShellOut.end("umount", "-l", directory.toString());
    }
}
