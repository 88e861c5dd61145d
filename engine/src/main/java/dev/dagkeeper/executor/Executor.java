package dev.dagkeeper.executor;

/**
 * Carries out one step type. Found by {@link java.util.ServiceLoader}, so a jar on the class path adds one.
 * Implementations are thread-safe: one instance serves all steps of its type.
 */
public interface Executor {
    /** The name, settings and outputs of the type; the same at every call. */
    StepType type();

    /**
     * Runs one attempt to its end on the calling (virtual) thread.
     *
     * <p>To end it early the engine sets {@link StepContext#grace()} and interrupts the thread. The executor then stops
     * what it started, verifies that it is gone, and lets the {@link InterruptedException} through; a result it still
     * returns counts.
     *
     * @return what the attempt came to; failures of the step are values, not exceptions
     * @throws InterruptedException when it was told to end and has
     */
    Result run(StepRequest step, StepContext context) throws InterruptedException;
}
