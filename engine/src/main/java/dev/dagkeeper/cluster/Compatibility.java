package dev.dagkeeper.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Which processes of different versions may work together, and who of two that may not is refused. Masters are upgraded
 * before workers, so a worker is refused by the leader that is there, whichever of the two is older; but no master takes the
 * lead over workers that are newer than itself and were accepted by the leader before. The answers are reasons, which end with
 * what to upgrade; empty means that nothing speaks against it.
 */
public final class Compatibility {
    private Compatibility() {}

    /**
     * Why the present leader gives nothing to a worker.
     *
     * @param protocol the number that the worker speaks
     */
    public static Optional<String> objectionToWorker(Coordination zooKeeper, int protocol) {
        return LeaderInfo.present(zooKeeper).flatMap(leader -> objectionToWorker(leader.protocol(), protocol));
    }

    static Optional<String> objectionToWorker(Protocol leader, int protocol) {
        return leader.refusal(protocol)
                .map(refusal -> "its worker's " + refusal + ", with which the leader works; "
                        + (protocol < leader.oldest()
                                ? "upgrade this process"
                                : "upgrade the masters first, then the workers"));
    }

    /** Why a master cannot be a candidate beside the present leader. */
    public static Optional<String> objectionToCandidate(Coordination zooKeeper, Protocol own) {
        return LeaderInfo.present(zooKeeper).flatMap(leader -> objectionToCandidate(leader.protocol(), own));
    }

    static Optional<String> objectionToCandidate(Protocol leader, Protocol own) {
        return own.newest() < leader.oldest()
                ? Optional.of(
                        "its master works with protocol " + own + " and would be given the lead after one that works"
                                + " with " + leader + "; upgrade this process")
                : Optional.empty();
    }

    /**
     * Why an elected master must not lead. Workers that came without ever being accepted do not count, so that one that is
     * started too early takes no cluster down.
     */
    public static Optional<String> objectionToLead(Coordination zooKeeper, Protocol own) {
        return LeaderInfo.last(zooKeeper)
                .map(LeaderInfo::protocol)
                .filter(before -> before.newest() > own.newest())
                .flatMap(before -> objectionToLead(before, own, Members.list(zooKeeper)));
    }

    static Optional<String> objectionToLead(Protocol before, Protocol own, List<Member> members) {
        var newer = members.stream()
                .map(Member::info)
                .filter(info -> !info.stopping()
                        && info.protocol() > own.newest()
                        && before.refusal(info.protocol()).isEmpty())
                .toList();
        return newer.isEmpty()
                ? Optional.empty()
                : Optional.of("its master works with protocol " + own + " and was to lead "
                        + (newer.size() == 1 ? "a worker" : newer.size() + " workers")
                        + " that the leader before accepted: "
                        + newer.getFirst().name() + " speaks "
                        + newer.getFirst().protocol() + "; upgrade this process");
    }
}
