package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.ServerAddress;
import java.util.function.Consumer;

/**
 * Runs an engine inside the process of the command line. Found by {@link java.util.ServiceLoader}, so that commands that
 * only ask a server load none of its classes. {@link #start} is called once; {@link #close} by any thread, more than once.
 */
public interface EngineHost extends AutoCloseable {
    /**
     * Starts the engine with the given roles and returns when it answers.
     *
     * @throws HostException when it cannot start; nothing of it is left running then
     * @throws InterruptedException when it was told to give up starting; nothing of it is left running then
     */
    ServerAddress start(HostOptions options) throws HostException, InterruptedException;

    /**
     * Has a listener told when the cluster does not accept this process any more, which can only end then: with the reason, by
     * a thread that {@link #close} waits for. To be called before the start.
     */
    void whenRefused(Consumer<String> listener);

    /** Waits until no run is active and no client is connected, both at the same time. */
    void awaitIdle() throws InterruptedException;

    /**
     * Gives up the lead, takes nothing new and waits for the steps that run here to end, at most as long as is configured;
     * the api answers meanwhile, but is not ready any more. Does nothing before a start. {@link #close} is to be called
     * afterwards, or meanwhile by another thread to end at once.
     */
    void drain() throws InterruptedException;

    /** Ends the engine in order: its steps' processes, its roles, its embedded stores. Does nothing before a start. */
    @Override
    void close();
}
