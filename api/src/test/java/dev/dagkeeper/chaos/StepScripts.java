package dev.dagkeeper.chaos;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The processes of steps, as the system itself shows them: told by their environment from those of anybody else. */
final class StepScripts {
    private static final String MARKER = "DAGKEEPER_PROCESS=";

    private final String effects;

    StepScripts(Path effects) {
        this.effects = "EFFECTS=" + effects;
    }

    /** How many steps run: processes of one step count once. */
    int active() {
        return ProcessEnvironments.with(effects).values().stream()
                .map(StepScripts::marker)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet())
                .size();
    }

    /** Ids of all processes of steps. */
    Set<Long> pids() {
        return ProcessEnvironments.with(effects).keySet();
    }

    private static Optional<String> marker(Set<String> environment) {
        return environment.stream().filter(entry -> entry.startsWith(MARKER)).findFirst();
    }
}
