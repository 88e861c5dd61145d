package dev.dagkeeper.worker;

import dev.dagkeeper.executor.ExecutorCatalog;
import dev.dagkeeper.history.WorkerStore;
import dev.dagkeeper.process.StepProcesses;
import dev.dagkeeper.run.RunHeader;
import dev.dagkeeper.run.RunId;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/** What the attempts of one worker share. */
record WorkerResources(
        AttemptSettings settings,
        WorkerStore store,
        ExecutorCatalog executors,
        SecretAccess secrets,
        InstantSource clock,
        WorkDirectory work,
        StepProcesses processes,
        LogShipper shipper,
        LoadOnce<RunId, RunHeader> headers,
        LoadOnce<Long, Revision> revisions,
        ScheduledExecutorService timers) {}
