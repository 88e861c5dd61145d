package dev.dagkeeper.simulation;

import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.worker.DrivenWorker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker: its one deciding thread, its recorder, and its attempts. */
final class WorkerNode extends Node {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final int slots;
    private final Part recorder = new Part();
    private @Nullable DrivenWorker worker;
    private @Nullable ScriptedAttempts attempts;
    private long nextStep = Long.MAX_VALUE;
    private boolean recording;
    private int processes;

    WorkerNode(World world, String name, int slots) {
        super(world, name, Duration.ofSeconds(6));
        this.slots = slots;
    }

    @Override
    void started() throws InterruptedException {
        nextStep = Long.MAX_VALUE;
        recording = false;
        var store = world.mutation.worker(world, new MemoryWorkerStore(world.history, this, clock()));
        var info = new WorkerInfo(name, name + "-" + ++processes, slots, List.of("default"), "test");
        var own = new ScriptedAttempts(this, store);
        attempts = own;
        worker = new DrivenWorker(
                world.mutation.coordination(world, client(), false),
                info,
                store,
                own,
                Duration.ofSeconds(30),
                world.random,
                world.schedule::now,
                new SimpleMeterRegistry(),
                this::wake,
                this::wakeRecorder);
        wake();
    }

    @Override
    void wake() {
        stepIn(Duration.ofNanos(20_000 + world.random.nextInt(200_000)));
    }

    private void stepIn(Duration delay) {
        var capped = delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
        long at = world.schedule.now() + capped.toNanos();
        if (at < nextStep) {
            nextStep = at;
            main.in(capped, this::step);
        }
    }

    private void step() {
        nextStep = Long.MAX_VALUE;
        if (worker == null) {
            return;
        }
        try {
            if (worker.untilDue().isZero()) {
                worker.round();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (worker != null) {
            stepIn(worker.untilDue().plusNanos(1_000));
        }
    }

    private void wakeRecorder() {
        recordIn(Duration.ofNanos(20_000 + world.random.nextInt(200_000)));
    }

    private void recordIn(Duration delay) {
        if (!recording) {
            recording = true;
            recorder.in(delay, () -> {
                if (worker != null) {
                    var pause = worker.record();
                    recording = false;
                    if (worker != null && worker.hasResults()) {
                        recordIn(pause);
                    }
                }
            });
        }
    }

    @Override
    void ended() {
        if (attempts != null) {
            attempts.killed();
        }
        worker = null;
        attempts = null;
    }
}
