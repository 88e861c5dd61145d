package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination;
import dev.dagkeeper.cluster.MultiResult;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.TreeWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.jspecify.annotations.Nullable;

/** What a mutation changes of a connection to ZooKeeper. */
final class MutatedCoordination {
    private final Mutation mutation;
    private final Coordination real;
    private final boolean leader;
    private Map<String, List<String>> locks = Map.of();

    private MutatedCoordination(Mutation mutation, Coordination real, boolean leader) {
        this.mutation = mutation;
        this.real = real;
        this.leader = leader;
    }

    static Coordination of(Mutation mutation, Coordination real, boolean leader) {
        var mutated = new MutatedCoordination(mutation, real, leader);
        return Intercepted.of(Coordination.class, real, (method, arguments, proceed) -> switch (method) {
            case "multi" -> {
                var operations = operations(arguments[0]);
                if (arguments.length == 1) {
                    yield real.multi(mutated.changed(operations));
                }
                mutated.multi(operations, answer(arguments[1]));
                yield null;
            }
            case "multis" -> real.multis(mutated.allChanged(arguments[0]));
            case "sync" -> {
                real.sync();
                mutated.synced();
                yield null;
            }
            case "children" ->
                arguments[0] instanceof Collection<?> && !mutated.locks.isEmpty()
                        ? mutated.locks
                        : proceed.with(arguments);
            case "watch" ->
                proceed.with(arguments[0], mutated.listener((TreeWatch.Listener) Objects.requireNonNull(arguments[1])));
            default -> proceed.with(arguments);
        });
    }

    private List<List<Op>> allChanged(@Nullable Object multis) {
        var changed = new ArrayList<List<Op>>();
        ((List<?>) Objects.requireNonNull(multis)).forEach(each -> changed.add(changed(operations(each))));
        return changed;
    }

    private static List<Op> operations(@Nullable Object argument) {
        var operations = new ArrayList<Op>();
        ((List<?>) Objects.requireNonNull(argument)).forEach(operation -> operations.add((Op) operation));
        return operations;
    }

    @SuppressWarnings("unchecked")
    private static Consumer<MultiResult> answer(@Nullable Object argument) {
        return (Consumer<MultiResult>) Objects.requireNonNull(argument);
    }

    /** With checks that always hold instead of those that the mutation leaves out. */
    private List<Op> changed(List<Op> operations) {
        var prefix = switch (mutation) {
            case EPOCH_NOT_CHECKED_IN_ZOOKEEPER -> Paths.EPOCHS;
            case MEMBERSHIP_NOT_CHECKED -> Paths.WORKERS;
            default -> "none";
        };
        var changed = new ArrayList<Op>();
        for (var operation : operations) {
            boolean leftOut =
                    operation.getType() == OpCode.check && operation.getPath().startsWith(prefix);
            boolean earlier = mutation == Mutation.EARLIER_MEMBERSHIP_STAYS
                    && operation.getType() == OpCode.delete
                    && operation.getPath().startsWith(Paths.WORKERS);
            changed.add(leftOut || earlier ? Op.check("/", -1) : operation);
        }
        return changed;
    }

    private void multi(List<Op> operations, Consumer<MultiResult> answer) {
        boolean claim =
                !leader && has(operations, OpCode.delete, Paths.QUEUE) && has(operations, OpCode.create, Paths.LOCKS);
        boolean unlock =
                !leader && has(operations, OpCode.delete, Paths.LOCKS) && !has(operations, OpCode.create, Paths.LOCKS);
        if (claim && mutation == Mutation.CLAIMED_IN_TWO_STEPS) {
            claimInTwoSteps(operations, answer);
        } else if (claim && mutation == Mutation.UNKNOWN_CLAIM_TAKEN_FOR_REFUSED) {
            real.multi(operations, result -> answer.accept(result instanceof MultiResult.Unknown ? refused() : result));
        } else if (unlock && mutation == Mutation.UNLOCK_NOT_REPEATED) {
            real.multi(
                    operations,
                    result -> answer.accept(result instanceof MultiResult.Unknown ? new MultiResult.Done() : result));
        } else {
            real.multi(changed(operations), answer);
        }
    }

    private static boolean has(List<Op> operations, int type, String prefix) {
        return operations.stream()
                .anyMatch(operation ->
                        operation.getType() == type && operation.getPath().startsWith(prefix));
    }

    private static MultiResult refused() {
        return new MultiResult.Refused(List.of(Code.OK, Code.NONODE));
    }

    private void claimInTwoSteps(List<Op> operations, Consumer<MultiResult> answer) {
        real.multi(without(operations, OpCode.create), deleted -> {
            if (deleted instanceof MultiResult.Done) {
                real.multi(without(operations, OpCode.delete), answer);
            } else {
                answer.accept(deleted);
            }
        });
    }

    /** At the same places, so that answers mean the same. */
    private static List<Op> without(List<Op> operations, int type) {
        return operations.stream()
                .map(operation -> operation.getType() == type ? Op.check("/", -1) : operation)
                .toList();
    }

    private void synced() throws InterruptedException {
        if (leader && mutation == Mutation.LOCKS_LISTED_BEFORE_THE_QUEUE) {
            locks = new LinkedHashMap<>(real.children(IntStream.range(0, Paths.LOCK_SHARDS)
                    .mapToObj(Paths::lockShard)
                    .toList()));
        }
    }

    private TreeWatch.Listener listener(TreeWatch.Listener listener) {
        if (leader || mutation != Mutation.INBOX_NOT_LISTED_AGAIN) {
            return listener;
        }
        return new TreeWatch.Listener() {
            @Override
            public void created(String path) {
                listener.created(path);
            }

            @Override
            public void deleted(String path) {
                listener.deleted(path);
            }

            @Override
            public void changed(String path) {
                listener.changed(path);
            }

            @Override
            public void listAgain() {}
        };
    }
}
