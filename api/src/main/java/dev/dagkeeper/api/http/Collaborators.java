package dev.dagkeeper.api.http;

import dev.dagkeeper.doctor.Doctor;
import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.BackfillStore;
import dev.dagkeeper.history.CommandStore;
import dev.dagkeeper.history.DatasetStore;
import dev.dagkeeper.history.DrainStore;
import dev.dagkeeper.history.EventStore;
import dev.dagkeeper.history.FileStore;
import dev.dagkeeper.history.LogStore;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.RunStore;
import dev.dagkeeper.history.ScheduleStore;
import dev.dagkeeper.history.SettingsStore;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.workflow.StepTypes;
import dev.dagkeeper.workflow.WorkflowCompiler;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What the API works with. All of it is thread-safe and outlives the API.
 *
 * @param settingsChanged tells all processes that there are other live settings; does not wait
 * @param clock Postgres time, as the stored times are
 * @param metrics asked at the first scrape and not before: making a registry takes time that a start does not have; always
 *     the same registry
 * @param version of the program
 */
public record Collaborators(
        RunStore runs,
        WorkflowStore workflows,
        ScheduleStore schedules,
        BackfillStore backfills,
        DatasetStore datasets,
        FileStore files,
        EventStore events,
        LogStore logs,
        CommandStore commands,
        SettingsStore settings,
        Runnable settingsChanged,
        DrainStore drains,
        AlertStore alerts,
        WorkflowCompiler compiler,
        StepTypes stepTypes,
        RunIds runIds,
        RunBells bells,
        ClusterView cluster,
        Doctor doctor,
        InstantSource clock,
        Supplier<PrometheusMeterRegistry> metrics,
        String version) {}
