package dev.dagkeeper.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;

/** One history: a cluster is used while things go wrong, then nothing goes wrong any more, and everything has to end well. */
final class Simulation {
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration FAULTS = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final World world;
    private final Users users;

    Simulation(long seed, Mutation mutation, boolean tracing) {
        world = new World(RandomGeneratorFactory.of("L64X128MixRandom").create(seed), mutation, tracing);
        users = new Users(world);
        world.nodes.add(users);
        for (int i = 1; i <= 2; i++) {
            world.nodes.add(new LeaderNode(world, "master" + i));
        }
        int workers = 2 + world.random.nextInt(2);
        for (int i = 1; i <= workers; i++) {
            world.nodes.add(new WorkerNode(world, "worker" + i, 1 + world.random.nextInt(4)));
        }
    }

    /** @throws Violation when something happens that must never happen */
    void run() {
        world.nodes.forEach(Node::start);
        int runs = 1 + world.random.nextInt(6);
        for (int i = 0; i < runs; i++) {
            users.submit(Duration.ofMillis(world.random.nextInt(10_000)));
        }
        int triggers = Math.max(0, world.random.nextInt(4) - 1);
        for (int i = 0; i < triggers; i++) {
            users.deploy(Duration.ofMillis(world.random.nextInt(5_000)));
        }
        for (var time = Duration.ZERO; time.compareTo(FAULTS) < 0; time = time.plus(TICK)) {
            world.schedule.pass(TICK);
            if (time.toMillis() % 1_000 == 0) {
                strike();
            }
        }
        world.trace("", "nothing goes wrong any more");
        world.faults.end();
        world.nodes.forEach(node -> node.jump(Duration.ZERO));
        var time = Duration.ZERO;
        while (time.compareTo(PATIENCE) < 0 && !(world.schedule.now() > 25e9 && world.ledger.isQuiet())) {
            world.schedule.pass(TICK);
            time = time.plus(TICK);
        }
        world.ledger.checkEnd();
    }

    private void strike() {
        for (var fault : Fault.values()) {
            if (fault.byTime() && world.faults.strikes(fault)) {
                strike(fault, world.nodes.get(world.random.nextInt(world.nodes.size())));
            }
        }
    }

    private void strike(Fault fault, Node node) {
        var random = world.random;
        switch (fault) {
            case PROCESS_KILLED -> node.kill("killed");
            case PROCESS_PAUSED -> node.pause(Duration.ofMillis(random.nextInt(12_000)));
            case PROCESS_DISCONNECTED ->
                node.cut(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 1_000 : 9_000)));
            case SESSION_EXPIRED -> node.expire();
            case ZOOKEEPER_WIPED -> world.wipeZooKeeper();
            case POSTGRES_RESTARTED -> world.restartPostgres(Duration.ofMillis(random.nextInt(4_000)));
            case CLOCK_JUMPED -> node.jump(Duration.ofMillis(random.nextInt(60_000) - 30_000));
            default -> throw new IllegalStateException(fault + " strikes operations");
        }
    }

    Map<Fault, Integer> faultsMet() {
        return world.faults.met();
    }

    List<String> trace() {
        return world.trace();
    }
}
