package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.client.Run;

/** Shows a run until it ends. */
interface RunWatcher {
    /**
     * Returns when the run is final and everything about it was shown.
     *
     * @param run as it is now
     */
    void watch(Run run) throws InterruptedException, java.io.IOException;
}
