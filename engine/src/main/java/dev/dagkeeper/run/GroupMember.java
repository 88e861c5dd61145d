package dev.dagkeeper.run;

import dev.dagkeeper.workflow.Concurrency;
import java.util.Comparator;

/**
 * A run of a concurrency group.
 *
 * @param workflow its name, to be told
 * @param priority the run's own, higher first
 * @param rule of the run's own revision
 */
public record GroupMember(RunId run, GroupName group, String workflow, int priority, Concurrency rule)
        implements Comparable<GroupMember> {
    private static final Comparator<GroupMember> ORDER =
            Comparator.comparingInt(GroupMember::priority).reversed().thenComparing(GroupMember::run);

    /** In the order in which runs of a group get places: the highest priority first, then the oldest. */
    @Override
    public int compareTo(GroupMember other) {
        return ORDER.compare(this, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupMember member && run.equals(member.run);
    }

    @Override
    public int hashCode() {
        return run.hashCode();
    }
}
