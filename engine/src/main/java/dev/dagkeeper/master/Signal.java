package dev.dagkeeper.master;

import dev.dagkeeper.queue.Outbox;
import dev.dagkeeper.run.StepKey;
import dev.dagkeeper.settings.LiveSettings;

/** What wakes the leader. Signals say where to look; what is true is read from the stores. */
sealed interface Signal {
    /** A worker took the lock of a step. */
    record Locked(StepKey key) implements Signal {}

    /** The lock of a step is gone: its result is recorded, or its worker is lost. */
    record Unlocked(StepKey key) implements Signal {}

    /** A bell rang. */
    record Rung(String bell) implements Signal {}

    /** The alarm of a trigger went. */
    record Fired(long trigger) implements Signal {}

    /** Workers came or went. */
    record MembersChanged() implements Signal {}

    /** A watch was set anew: what happened meanwhile is not known. */
    record ListAgain() implements Signal {}

    /** Sent items did not simply arrive. */
    record NotSent(Outbox.Failure failure) implements Signal {}

    /** There are other live settings. */
    record SettingsChanged(LiveSettings settings) implements Signal {}

    /** Give up the lead. */
    record StepDown() implements Signal {}
}
