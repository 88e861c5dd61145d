package dev.dagkeeper.master;

import dev.dagkeeper.schedule.Timetable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.simpl.RAMJobStore;

/** Quartz as an alarm clock: each enabled trigger is one of Quartz's, in memory. One daemon thread. */
final class QuartzAlarms implements Alarms {
    /** Quartz looks through all triggers of a job to take one away. */
    private static final int JOBS = 256;

    private static final String GROUP = "triggers";
    private static final AtomicLong COUNT = new AtomicLong();

    private final InstantSource database;
    private final InstantSource machine;
    private final Scheduler scheduler;

    /**
     * @param database Postgres time
     * @param machine the clock of this machine, which Quartz reads
     */
    QuartzAlarms(InstantSource database, InstantSource machine, LongConsumer fired) {
        this.database = database;
        this.machine = machine;
        try {
            scheduler = new StdSchedulerFactory(properties()).getScheduler();
            scheduler.setJobFactory((bundle, _) -> new Alarm(fired));
            for (int i = 0; i < JOBS; i++) {
                scheduler.addJob(
                        JobBuilder.newJob(Alarm.class)
                                .withIdentity(job(i))
                                .storeDurably()
                                .build(),
                        true);
            }
            scheduler.start();
        } catch (SchedulerException e) {
            throw new IllegalStateException("Quartz does not start", e);
        }
    }

    private static Properties properties() {
        var properties = new Properties();
        // Quartz keeps its schedulers by name, for the whole process.
        properties.setProperty(StdSchedulerFactory.PROP_SCHED_INSTANCE_NAME, "alarms-" + COUNT.incrementAndGet());
        properties.setProperty(StdSchedulerFactory.PROP_SCHED_INSTANCE_ID, "leader");
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty(StdSchedulerFactory.PROP_SCHED_MAKE_SCHEDULER_THREAD_DAEMON, "true");
        properties.setProperty(
                StdSchedulerFactory.PROP_SCHED_MAX_BATCH_SIZE, Integer.toString(CallingThreadPool.BATCH));
        properties.setProperty(StdSchedulerFactory.PROP_THREAD_POOL_CLASS, CallingThreadPool.class.getName());
        properties.setProperty(StdSchedulerFactory.PROP_JOB_STORE_CLASS, RAMJobStore.class.getName());
        return properties;
    }

    private static JobKey job(long trigger) {
        return new JobKey(Long.toString(trigger % JOBS), GROUP);
    }

    private static TriggerKey key(long trigger) {
        return new TriggerKey(Long.toString(trigger), GROUP);
    }

    @Override
    public void set(long trigger, Timetable timetable, Instant after) {
        remove(trigger);
        var alarm = new AlarmTrigger(key(trigger), job(trigger), trigger, timetable, after, database, machine);
        if (alarm.computeFirstFireTime(null) == null) {
            return;
        }
        try {
            scheduler.scheduleJob(alarm);
        } catch (SchedulerException e) {
            throw new IllegalStateException("Quartz does not take trigger " + trigger, e);
        }
    }

    @Override
    public void remove(long trigger) {
        try {
            scheduler.unscheduleJob(key(trigger));
        } catch (SchedulerException e) {
            throw new IllegalStateException("Quartz does not give up trigger " + trigger, e);
        }
    }

    @Override
    public void close() {
        try {
            scheduler.shutdown(false);
        } catch (SchedulerException e) {
            throw new IllegalStateException("Quartz does not end", e);
        }
    }

    /** Tells that a trigger is due. */
    private record Alarm(LongConsumer fired) implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            fired.accept(((AlarmTrigger) context.getTrigger()).id());
        }
    }
}
