package dev.dagkeeper.history;

import dev.dagkeeper.history.RunStore.Selected;
import dev.dagkeeper.run.RunId;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** Finds the run that a selector means. */
final class RunSelector {
    private static final int DIGITS = 32;
    private static final int SHOWN = 5;

    /** The beginning of a UUID, dashes where they belong or none at all. */
    private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,8}|"
            + "[0-9a-f]{8}-[0-9a-f]{0,4}|[0-9a-f]{8}(-[0-9a-f]{4}){1,3}-?|[0-9a-f]{8}(-[0-9a-f]{4}){1,2}-[0-9a-f]{0,4}|"
            + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{0,12}|[0-9a-f]{9,32}");

    private RunSelector() {}

    static Selected resolve(Handle handle, String selector) {
        return switch (selector) {
            case "@latest" -> newest(handle, "SELECT id FROM run ORDER BY id DESC LIMIT 1", "no run yet");
            case "@failed" ->
                newest(handle, "SELECT id FROM run WHERE state = 'failed' ORDER BY id DESC LIMIT 1", "no failed run");
            default -> byPrefix(handle, selector);
        };
    }

    private static Selected newest(Handle handle, String sql, String none) {
        return handle.createQuery(sql)
                .map((row, context) -> Columns.runId(row, "id"))
                .findOne()
                .<Selected>map(Selected.One::new)
                .orElseGet(() -> new Selected.None(none));
    }

    private static Selected byPrefix(Handle handle, String selector) {
        var prefix = selector.strip().toLowerCase(Locale.ROOT);
        if (!PREFIX.matcher(prefix).matches()) {
            return new Selected.None(
                    "'" + selector + "' is not a run: expected a run id, the beginning of one, @latest or @failed");
        }
        var digits = prefix.replace("-", "");
        var found = handle.createQuery("""
                        SELECT id FROM run WHERE id BETWEEN :first AND :last ORDER BY id DESC LIMIT :limit
                        """)
                .bind("first", uuid(digits, '0'))
                .bind("last", uuid(digits, 'f'))
                .bind("limit", SHOWN)
                .map((row, context) -> Columns.runId(row, "id"))
                .list();
        return selected(selector, found);
    }

    private static Selected selected(String selector, List<RunId> found) {
        return switch (found.size()) {
            case 0 -> new Selected.None("no run '" + selector + "'");
            case 1 -> new Selected.One(found.getFirst());
            default -> new Selected.Many(found);
        };
    }

    private static UUID uuid(String digits, char fill) {
        var all = digits + String.valueOf(fill).repeat(DIGITS - digits.length());
        return new UUID(
                Long.parseUnsignedLong(all.substring(0, 16), 16), Long.parseUnsignedLong(all.substring(16), 16));
    }
}
