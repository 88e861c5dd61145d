package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.Coordination.SessionEvent;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.master.DrivenLead;
import dev.dagkeeper.master.LeaderSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A candidate, and while elected the leader. */
final class LeaderNode extends Node {
    private static final LeaderSettings SETTINGS =
            new LeaderSettings(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofSeconds(2));

    private @Nullable DrivenLead lead;
    private long nextStep = Long.MAX_VALUE;

    private final DrivenLead.AlarmClock alarmClock = new DrivenLead.AlarmClock() {
        @Override
        public void in(Duration delay, Runnable what) {
            main.in(delay, what);
        }

        @Override
        public boolean isBroken() {
            return world.faults.strikes(Fault.ALARM_LOST);
        }
    };

    LeaderNode(World world, String name) {
        super(world, name, Duration.ofSeconds(2));
    }

    @Override
    void started() {
        nextStep = Long.MAX_VALUE;
        var client = client();
        client.listen(event -> {
            if (event == SessionEvent.LOST) {
                close();
            } else if (event == SessionEvent.CONNECTED) {
                world.election.join(world, client.sessionId(), this);
            }
        });
        world.election.join(world, client.sessionId(), this);
    }

    /** The session leads. */
    void elected(long session) {
        if (lead == null && client().sessionId() == session) {
            world.trace(name, "elected");
            lead = new DrivenLead(
                    world.mutation.coordination(world, client(), true),
                    world.mutation.leader(world, new MemoryLeaderStore(world.history, this, clock())),
                    revision -> Optional.of(world.workflow(revision)),
                    clock(),
                    world.schedule::now,
                    world.mutation.settings(SETTINGS),
                    new SimpleMeterRegistry(),
                    new RunIds(clock(), world.random),
                    alarmClock,
                    this::wake);
            wake();
        }
    }

    private void close() {
        if (lead != null) {
            world.trace(name, "not the leader any more");
            lead.close();
            lead = null;
        }
    }

    @Override
    void wake() {
        stepIn(Duration.ofNanos(20_000 + world.random.nextInt(200_000)));
    }

    private void stepIn(Duration delay) {
        long at = world.schedule.now() + delay.toNanos();
        if (lead != null && at < nextStep) {
            nextStep = at;
            main.in(delay, this::step);
        }
    }

    private void step() {
        nextStep = Long.MAX_VALUE;
        var current = lead;
        if (current == null) {
            return;
        }
        try {
            if (current.untilDue().isZero()) {
                current.round();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (lead != null) {
            stepIn(Objects.requireNonNull(lead).untilDue().plusNanos(1_000));
        }
    }

    @Override
    void ended() {
        lead = null;
    }
}
