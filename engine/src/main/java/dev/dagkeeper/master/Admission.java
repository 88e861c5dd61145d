package dev.dagkeeper.master;

import dev.dagkeeper.cluster.Member;
import dev.dagkeeper.cluster.Protocol;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which workers may be given steps. Not thread-safe: the leader's. */
final class Admission {
    /** Names and incarnations that an operator drains. */
    private Set<String> drained = Set.of();

    /** Processes that said they would leave: what they give back is not their failure. */
    private final Set<String> stopping = new HashSet<>();

    /**
     * Learns whom the operators drain, by name or by incarnation.
     *
     * @return whether that is news
     */
    boolean drain(Set<String> names) {
        if (names.equals(drained)) {
            return false;
        }
        drained = Set.copyOf(names);
        return true;
    }

    /** Learns what a worker announces. */
    void hear(Member member) {
        if (member.info().stopping()) {
            stopping.add(member.info().process());
        }
    }

    /** Whether a process said that it would leave. */
    boolean isStopping(String process) {
        return stopping.contains(process);
    }

    /** Why a worker gets nothing new, in words that go after its name; empty when it does. */
    Optional<String> objection(Member member) {
        var info = member.info();
        if (info.stopping()) {
            return Optional.of("was told to end");
        }
        if (drained.contains(info.name()) || drained.contains(member.incarnation())) {
            return Optional.of("is drained");
        }
        return Protocol.SUPPORTED.refusal(info.protocol()).map(refusal -> "is refused, its " + refusal);
    }
}
