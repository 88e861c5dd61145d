package dev.dagkeeper.doctor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the checks have seen so far: how much, and the first violations of each. Not thread-safe. */
final class Findings {
    private final int mostShown;
    private final Map<Check, Long> examined = new EnumMap<>(Check.class);
    private final Map<Check, Long> counts = new EnumMap<>(Check.class);
    private final Map<Check, List<Violation>> shown = new EnumMap<>(Check.class);

    Findings(int mostShown) {
        this.mostShown = mostShown;
    }

    void examined(Check check, long things) {
        examined.merge(check, things, Long::sum);
    }

    void add(Violation violation) {
        counts.merge(violation.check(), 1L, Long::sum);
        var list = shown.computeIfAbsent(violation.check(), _ -> new ArrayList<>());
        if (list.size() < mostShown) {
            list.add(violation);
        }
    }

    /** Notes that one thing was examined, and the violation when it does not hold. */
    void expect(boolean holds, Check check, java.util.function.Supplier<Violation> violation) {
        examined(check, 1);
        if (!holds) {
            add(violation.get());
        }
    }

    List<Violation> all() {
        return shown.values().stream().flatMap(List::stream).toList();
    }

    long examined(Check check) {
        return examined.getOrDefault(check, 0L);
    }

    long count(Check check) {
        return counts.getOrDefault(check, 0L);
    }

    List<Violation> shown(Check check) {
        return List.copyOf(shown.getOrDefault(check, List.of()));
    }
}
