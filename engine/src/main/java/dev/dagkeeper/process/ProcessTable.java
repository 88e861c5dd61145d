package dev.dagkeeper.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The running processes as {@code /proc} shows them; zombies, which nothing can end, are left out. Reads with streams
 * that an interrupt does not close, since processes are mostly looked for by threads that were told to stop.
 */
final class ProcessTable {
    private static final String PROC = "/proc";

    private ProcessTable() {}

    /** Processes of the session, and those whose environment has exactly this entry. */
    static List<Long> of(long session, String marker) {
        var entry = marker.getBytes(StandardCharsets.UTF_8);
        var found = new ArrayList<Long>();
        for (var pid : pids()) {
            var stat = stat(pid);
            if (stat.isPresent()
                    && stat.get().alive()
                    && (stat.get().session() == session || entryStart(environment(pid), entry, true) >= 0)) {
                found.add(pid);
            }
        }
        return found;
    }

    /** Processes whose environment has an entry that begins so, each with the whole entry. */
    static Map<Long, String> carrying(String markerPrefix) {
        var prefix = markerPrefix.getBytes(StandardCharsets.UTF_8);
        var found = new TreeMap<Long, String>();
        for (var pid : pids()) {
            var environment = environment(pid);
            int start = entryStart(environment, prefix, false);
            if (start >= 0) {
                int end = start;
                while (end < environment.length && environment[end] != 0) {
                    end++;
                }
                found.put(pid, new String(environment, start, end - start, StandardCharsets.UTF_8));
            }
        }
        return found;
    }

    /** Whether the process is there and a member of the group. */
    static boolean isInGroup(long pid, long group) {
        return stat(pid).filter(stat -> stat.group() == group).isPresent();
    }

    /** The process and all that descend from it; members that end meanwhile may be missing. */
    static List<Stat> family(long ancestor) {
        var children = new HashMap<Long, List<Long>>();
        var stats = new HashMap<Long, Stat>();
        for (var pid : pids()) {
            stat(pid).ifPresent(stat -> {
                stats.put(pid, stat);
                children.computeIfAbsent(stat.parent(), _ -> new ArrayList<>()).add(pid);
            });
        }
        var family = new ArrayList<Stat>();
        var open = new ArrayDeque<>(List.of(ancestor));
        while (!open.isEmpty()) {
            var pid = open.remove();
            var stat = stats.get(pid);
            if (stat != null) {
                family.add(stat);
            }
            open.addAll(children.getOrDefault(pid, List.of()));
        }
        return family;
    }

    private static List<Long> pids() {
        var names = new File(PROC).list();
        if (names == null) {
            throw new IllegalStateException("cannot list " + PROC + "; running processes needs Linux with it mounted");
        }
        var pids = new ArrayList<Long>();
        for (var name : names) {
            if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
                pids.add(Long.valueOf(name));
            }
        }
        return pids;
    }

    private static Optional<Stat> stat(long pid) {
        // pid (command, which may hold anything) state parent group session, 7 more, utime stime cutime cstime ...
        var text = new String(read(pid, "stat"), StandardCharsets.ISO_8859_1);
        int command = text.lastIndexOf(')');
        if (command < 0) {
            return Optional.empty();
        }
        var fields = text.substring(command + 2).split(" ", 16);
        long ticks = 0;
        for (int i = 11; i < 15; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return Optional.of(new Stat(
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                ticks));
    }

    private static byte[] environment(long pid) {
        return read(pid, "environ");
    }

    /** The file's bytes; none when the process is gone or somebody else's. */
    private static byte[] read(long pid, String file) {
        try (var in = new FileInputStream(PROC + "/" + pid + "/" + file)) {
            return in.readAllBytes();
        } catch (IOException goneOrForeign) {
            return new byte[0];
        }
    }

    /** Where the entry starts, or -1. */
    private static int entryStart(byte[] environment, byte[] entry, boolean whole) {
        int start = 0;
        while (start + entry.length <= environment.length) {
            int end = start + entry.length;
            if (java.util.Arrays.equals(environment, start, end, entry, 0, entry.length)
                    && (!whole || end == environment.length || environment[end] == 0)) {
                return start;
            }
            while (start < environment.length && environment[start] != 0) {
                start++;
            }
            start++;
        }
        return -1;
    }

    /**
     * One line of the table.
     *
     * @param ticks processor time in hundredths of a second, its own and that of the children that it has waited for
     */
    record Stat(char state, long parent, long group, long session, long ticks) {
        boolean alive() {
            return state != 'Z' && state != 'X';
        }
    }
}
