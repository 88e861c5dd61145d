package dev.dagkeeper.api.client;

import java.util.Map;

/**
 * A workflow to send.
 *
 * @param name what to call it in problems
 * @param text the YAML
 * @param files what its {@code files} came to, by path relative to it; all stored on the server before
 */
public record SourceFile(String name, String text, Map<String, Shipped> files) {
    public SourceFile {
        files = Map.copyOf(files);
    }

    /** One shipped file. {@code size} in bytes. */
    public record Shipped(String sha256, long size, boolean executable) {}
}
