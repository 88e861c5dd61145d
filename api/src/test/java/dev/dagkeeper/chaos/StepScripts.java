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

/** The processes of steps, as the system itself shows them: told by their environment from those of anybody else. */
final class StepScripts {
    private static final String MARKER = "DAGKEEPER_PROCESS=";

    private final String effects;

    StepScripts(Path effects) {
        this.effects = "EFFECTS=" + effects;
    }

    /** How many steps run: processes of one step count once. */
    int active() {
        return new HashSet<>(byPid().values()).size();
    }

    /** Ids of all processes of steps. */
    Set<Long> pids() {
        return byPid().keySet();
    }

    private Map<Long, String> byPid() {
        var found = new HashMap<Long, String>();
        var names = Path.of("/proc").toFile().list((_, name) -> Character.isDigit(name.charAt(0)));
        for (var name : names == null ? new String[0] : names) {
            var environment = environment(name);
            if (environment.contains(effects)) {
                environment.stream()
                        .filter(entry -> entry.startsWith(MARKER))
                        .findFirst()
                        .ifPresent(marker -> found.put(Long.valueOf(name), marker));
            }
        }
        return found;
    }

    private static Set<String> environment(String pid) {
        try (var in = new FileInputStream("/proc/" + pid + "/environ")) {
            return new HashSet<>(Arrays.asList(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\0")));
        } catch (IOException gone) {
            return Set.of();
        }
    }
}
