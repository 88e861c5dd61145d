package dev.dagkeeper.worker;

import dev.dagkeeper.run.StepKey;

/**
 * A step instance that this worker holds the lock of.
 *
 * @param claim the fence under which its result will be recorded, from 1
 * @param attempt as users count, from 1
 */
public record Claimed(StepKey key, int claim, int attempt) {}
