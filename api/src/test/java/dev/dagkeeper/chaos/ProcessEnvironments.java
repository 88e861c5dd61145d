package dev.dagkeeper.chaos;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The environments of running processes as {@code /proc} shows them. */
final class ProcessEnvironments {
    private ProcessEnvironments() {}

    /** By process id, those that hold an entry. */
    static Map<Long, Set<String>> with(String entry) {
        var found = new HashMap<Long, Set<String>>();
        var names = Path.of("/proc").toFile().list((_, name) -> Character.isDigit(name.charAt(0)));
        for (var name : names == null ? new String[0] : names) {
            var environment = read(name);
            if (environment.contains(entry)) {
                found.put(Long.valueOf(name), environment);
            }
        }
        return found;
    }

    private static Set<String> read(String pid) {
        try (var in = new FileInputStream("/proc/" + pid + "/environ")) {
            return new HashSet<>(Arrays.asList(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\0")));
        } catch (IOException gone) {
            return Set.of();
        }
    }
}
