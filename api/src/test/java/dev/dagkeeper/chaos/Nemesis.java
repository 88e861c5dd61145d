package dev.dagkeeper.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Does one fault after the other, in an order that follows from the seed, while enough steps run. */
final class Nemesis {
    /** Other faults that come between two that cost a worker's claims. */
    private static final int BETWEEN_LOSSES = 2;

    private static final double OVERLAP = 0.2;
    private static final long ACTIVE_PATIENCE_SECONDS = 90;

    private final Stage stage;
    private final Effects effects;
    private final StepScripts scripts;
    private final int enough;
    private final ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();

    /**
     * A fault that happened.
     *
     * @param active steps whose processes ran when it began
     * @param atMillis when it began, on the clock of {@link Effects}
     * @param healedMillis when it was undone, on the same clock
     */
    record Done(Fault fault, String victim, int active, long atMillis, long healedMillis) {}

    /** @param enough steps must be active before a fault happens */
    Nemesis(Stage stage, Effects effects, StepScripts scripts, int enough) {
        this.stage = stage;
        this.effects = effects;
        this.scripts = scripts;
        this.enough = enough;
    }

    /** Every kind once and then some, in an order that keeps losses of workers apart. */
    static List<Fault> plan(Random random, List<Fault> kinds, int further) {
        var all = new ArrayList<>(kinds);
        for (int i = 0; i < further; i++) {
            var others = kinds.stream().filter(kind -> !kind.losesClaims()).toList();
            all.add(others.get(random.nextInt(others.size())));
        }
        Collections.shuffle(all, random);
        var plan = new ArrayList<Fault>();
        int sinceLoss = BETWEEN_LOSSES;
        while (!all.isEmpty()) {
            int since = sinceLoss;
            var next = all.stream()
                    .filter(fault -> !fault.losesClaims() || since >= BETWEEN_LOSSES)
                    .findFirst()
                    .orElse(all.getFirst());
            all.remove(next);
            plan.add(next);
            sinceLoss = next.losesClaims() ? 0 : sinceLoss + 1;
        }
        return plan;
    }

    /** All kinds that are possible here. */
    static List<Fault> kinds(boolean disk) {
        return Arrays.stream(Fault.values())
                .filter(fault -> disk || fault != Fault.WORKER_DISK_FULL)
                .toList();
    }

    /**
     * Does them; returns when the last is undone.
     *
     * @param lastMillis after which none is begun, on the clock of {@link Effects}
     */
    void follow(List<Fault> plan, long lastMillis) throws Exception {
        var overlapping = new ArrayList<Thread>();
        var failures = new ConcurrentLinkedQueue<Exception>();
        for (var fault : plan) {
            if (effects.millis() > lastMillis) {
                System.out.println("no time for: " + fault.text());
                continue;
            }
            int active = awaitEnough(fault);
            var thread = Thread.ofPlatform().name("nemesis").start(() -> {
                try {
                    happen(fault, active);
                } catch (Exception e) {
                    failures.add(e);
                }
            });
            if (!fault.losesClaims() && stage.random().nextDouble() < OVERLAP) {
                overlapping.add(thread);
                stage.last(200, 1_000);
            } else {
                thread.join();
                stage.last(300, 1_500);
            }
        }
        for (var thread : overlapping) {
            thread.join();
        }
        for (var failure : failures) {
            throw failure;
        }
    }

    private int awaitEnough(Fault fault) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ACTIVE_PATIENCE_SECONDS);
        int most = 0;
        while (System.nanoTime() < until) {
            int active = scripts.active();
            if (active >= enough) {
                return active;
            }
            most = Math.max(most, active);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException(
                "before %s at most %d steps ran within %d s, expected %d: the cluster does not recover"
                        .formatted(fault.text(), most, ACTIVE_PATIENCE_SECONDS, enough));
    }

    private void happen(Fault fault, int active) throws Exception {
        long at = effects.millis();
        System.out.printf("%7.1f s  %s, %d steps active%n", at / 1000.0, fault.text(), active);
        var victim = fault.happen(stage);
        done.add(new Done(fault, victim, active, at, effects.millis()));
    }

    /** What was done so far, in the order of its ends. */
    List<Done> done() {
        return List.copyOf(done);
    }
}
