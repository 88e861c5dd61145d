package dev.dagkeeper.master;

import org.quartz.spi.ThreadPool;

/**
 * Has Quartz do its jobs on the thread that waits for the time. All a job does is to put a signal into a queue; handing it to another
 * thread would cost more than that, and Quartz takes no more due triggers at once than it has threads free. Made by Quartz.
 */
public final class CallingThreadPool implements ThreadPool {
    /** As many triggers as are taken at once. */
    static final int BATCH = 500;

    @Override
    public boolean runInThread(Runnable job) {
        job.run();
        return true;
    }

    @Override
    public int blockForAvailableThreads() {
        return BATCH;
    }

    @Override
    public void initialize() {}

    @Override
    public void shutdown(boolean waitForJobsToComplete) {}

    @Override
    public int getPoolSize() {
        return 1;
    }

    @Override
    public void setInstanceId(String id) {}

    @Override
    public void setInstanceName(String name) {}
}
