package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.ZooKeeperUnavailableException;
import dev.dagkeeper.history.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A process of the cluster: what it holds in memory goes with it when it is killed, and comes anew when it is started. All
 * its operations on stores go through here, which is where most faults strike.
 */
abstract class Node implements Wire {
    private static final Duration SHORTLY = Duration.ofMillis(1);
    private static final int DEEPEST = 4;

    final World world;
    final String name;
    final Duration sessionTimeout;
    final Part main = new Part();
    private @Nullable MemoryCoordination client;
    private Duration clockOffset = Duration.ZERO;
    private long pausedUntil;
    private final Deque<Runnable> unheard = new ArrayDeque<>();
    private long lastNews;
    private int life;
    private boolean alive;
    private boolean stuck;

    Node(World world, String name, Duration sessionTimeout) {
        this.world = world;
        this.name = name;
        this.sessionTimeout = sessionTimeout;
    }

    /** One thread of the process. */
    final class Part implements Schedule.Actor {
        private boolean busy;

        @Override
        public boolean isBusy() {
            return busy || stuck || world.schedule.now() < pausedUntil;
        }

        /** What was meant for an earlier life of the process does not happen. */
        void in(Duration delay, Runnable what) {
            int meant = life;
            world.schedule.in(delay, this, () -> {
                if (alive && life == meant) {
                    what.run();
                }
            });
        }

        @Override
        public void perform(Runnable what) {
            int meant = life;
            busy = true;
            try {
                what.run();
            } catch (Crash e) {
                if (life == meant) {
                    kill("crashed");
                }
            } finally {
                busy = false;
            }
        }
    }

    /** Takes part from now on. */
    abstract void started() throws InterruptedException;

    /** Everything in memory is gone. */
    abstract void ended();

    final MemoryCoordination client() {
        return java.util.Objects.requireNonNull(client);
    }

    final boolean isAlive() {
        return alive;
    }

    /** Postgres time as this process knows it. */
    final InstantSource clock() {
        return () -> World.EPOCH.plusNanos(world.schedule.now()).plus(clockOffset);
    }

    final Instant now() {
        return clock().instant();
    }

    final void start() {
        if (alive) {
            return;
        }
        alive = true;
        life++;
        pausedUntil = 0;
        lastNews = 0;
        unheard.clear();
        world.trace(name, "starts");
        main.in(Duration.ZERO, () -> {
            client = new MemoryCoordination(world.zooKeeper, this);
            try {
                started();
            } catch (ZooKeeperUnavailableException | StoreException e) {
                kill("could not start: " + e.getMessage());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Ends at once, and is started again after a while. Its session outlives it. */
    final void kill(String why) {
        if (!alive) {
            return;
        }
        world.trace(name, why);
        alive = false;
        life++;
        stuck = false;
        var last = client;
        client = null;
        ended();
        if (last != null) {
            long session = last.sessionId();
            last.disconnect(count -> world.random.nextInt(count + 1));
            world.in(sessionTimeout, () -> world.expire(session));
        }
        world.in(Duration.ofMillis(200 + world.random.nextInt(4_000)), this::start);
    }

    /** Does nothing for a while; its session ends when that is too long. */
    final void pause(Duration time) {
        if (alive) {
            world.trace(name, "paused for " + time);
            pausedUntil = Math.max(pausedUntil, world.schedule.now() + time.toNanos());
            silentFor(time);
        }
    }

    /** The server hears nothing for so long. */
    private void silentFor(Duration time) {
        var silent = client;
        if (silent == null) {
            return;
        }
        if (time.compareTo(sessionTimeout) > 0) {
            long session = silent.sessionId();
            world.in(sessionTimeout, () -> world.expire(session));
        }
        // Afterwards the client finds out.
        main.in(time.plus(SHORTLY), () -> {
            if (!world.zooKeeper.isAlive(silent.sessionId())) {
                cut(Duration.ofMillis(50));
            }
        });
    }

    /** The server ends the session; the client finds out. */
    final void expire() {
        if (client != null) {
            world.expire(client.sessionId());
            cut(Duration.ofMillis(10 + world.random.nextInt(500)));
        }
    }

    /** The connection to ZooKeeper is away for a while. */
    final void cut(Duration time) {
        var current = client;
        if (!alive || current == null || !current.isConnected()) {
            return;
        }
        world.trace(name, "cut off for " + time);
        current.disconnect(count -> world.random.nextInt(count + 1));
        long session = current.sessionId();
        if (time.compareTo(sessionTimeout) > 0) {
            world.in(sessionTimeout, () -> world.expire(session));
        }
        main.in(time, this::reconnect);
    }

    private void reconnect() {
        var current = client();
        world.trace(name, world.zooKeeper.isAlive(current.sessionId()) ? "reconnects" : "connects in a new session");
        current.connect();
    }

    final void jump(Duration offset) {
        world.trace(name, "clock is off by " + offset);
        clockOffset = offset;
        wake();
    }

    /** Looks whether there is something to do. */
    abstract void wake();

    @Override
    public void asked(Store store, String operation) {
        world.trace(name, operation);
        if (world.faults.strikes(Fault.CRASH_BEFORE_OPERATION)) {
            throw new Crash();
        }
        pass(store);
        if (store == Store.POSTGRES) {
            if (world.isPostgresAway()) {
                throw new StoreException("postgres is away");
            }
            if (world.faults.strikes(Fault.POSTGRES_REQUEST_LOST)) {
                world.trace(name, "request lost: " + operation);
                throw new StoreException("request lost");
            }
        } else if (world.faults.strikes(Fault.ZOOKEEPER_REQUEST_LOST)) {
            world.trace(name, "request lost: " + operation);
            cut(Duration.ofMillis(world.random.nextInt(300)));
        }
    }

    @Override
    public void answered(Store store, String operation) {
        if (world.faults.strikes(Fault.CRASH_AFTER_OPERATION)) {
            throw new Crash();
        }
        pass(store);
        if (store == Store.POSTGRES) {
            if (world.isPostgresAway() || world.faults.strikes(Fault.POSTGRES_ANSWER_LOST)) {
                world.trace(name, "answer lost: " + operation);
                throw new StoreException("answer lost");
            }
            return;
        }
        if (world.faults.strikes(Fault.ZOOKEEPER_ANSWER_LOST)) {
            world.trace(name, "answer lost: " + operation);
            cut(Duration.ofMillis(world.random.nextInt(300)));
        }
        if (client != null && !client.isConnected()) {
            throw new ZooKeeperUnavailableException("answer lost: " + operation, null);
        }
    }

    /** While an operation is on its way, others go on; now and then this process is stopped in the middle of it. */
    private void pass(Store store) {
        if (world.depth >= DEEPEST) {
            return;
        }
        int meant = life;
        boolean paused = world.faults.strikes(Fault.PAUSE_IN_OPERATION);
        var time = paused
                ? Duration.ofMillis(world.random.nextInt(2 * (int) sessionTimeout.toMillis()))
                : Duration.ofNanos(world.random.nextInt(8) == 0 ? world.random.nextInt(3_000_000) : 0);
        if (time.isZero()) {
            return;
        }
        if (paused) {
            world.trace(name, "stopped within an operation for " + time);
            silentFor(time);
        }
        boolean before = stuck;
        // Threads of one process do not get in each other's way in Postgres; a lock of the process may be held
        // meanwhile
        // in ZooKeeper.
        stuck = store == Store.ZOOKEEPER || paused || before;
        world.depth++;
        try {
            world.schedule.pass(time);
        } finally {
            world.depth--;
            if (life == meant) {
                stuck = before;
            }
        }
        if (life != meant) {
            throw new Crash();
        }
    }

    @Override
    public void send(Runnable request) {
        main.in(Duration.ofNanos(100_000 + world.random.nextInt(1_000_000)), request);
        if (world.faults.strikes(Fault.ZOOKEEPER_REQUEST_LOST)) {
            var soon = Duration.ofNanos(world.random.nextInt(2_000_000));
            main.in(soon, () -> cut(Duration.ofMillis(world.random.nextInt(300))));
        }
    }

    @Override
    public void deliver(Runnable news) {
        long delay = 100_000L + world.random.nextInt(1_000_000);
        if (world.faults.strikes(Fault.NEWS_LATE)) {
            delay += world.random.nextInt(400_000_000);
        }
        lastNews = Math.max(lastNews, world.schedule.now() + delay);
        var in = Duration.ofNanos(lastNews - world.schedule.now());
        // What is due while this process does nothing is made up for in any order; news keeps its own.
        unheard.add(news);
        main.in(in, () -> unheard.remove().run());
    }

    @Override
    public void tell(Runnable event) {
        deliver(event);
        if (world.faults.strikes(Fault.NEWS_TWICE)) {
            deliver(event);
        }
    }
}
