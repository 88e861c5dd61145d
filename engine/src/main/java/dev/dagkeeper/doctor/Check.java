package dev.dagkeeper.doctor;

/** What must hold, with what to do where it does not. The ids are stable: scripts and alerts name them. */
public enum Check {
    RUN_ENDED(
            "ended-run-open-steps",
            "A run that has ended has no step that has not, and its verdict is its state",
            "report it with what 'dagkeeper runs watch RUN -o jsonl' prints; the verdict stands, the step will not run"),
    RUN_STUCK(
            "run-stuck",
            "An active run has a step that is ready, placed, running or waiting for a time",
            "restart the leading master, which takes the run up again; if it stays so, cancel the run and report it"),
    RUN_SET_ASIDE(
            "run-set-aside",
            "No run was set aside by an error of the program",
            "restart the leading master, which takes the run up again, and report the error in its log"),
    RUN_NOT_TAKEN_UP(
            "run-not-taken-up",
            "A leader takes up a new run within the patience",
            "see with 'dagkeeper cluster' whether anybody leads; start a process with --roles master"),
    HISTORY(
            "history-broken",
            "The events of a run follow one another without a hole and lead to the states of its rows",
            "rows or events were changed or lost behind the engine's back: compare with a backup"),
    FINAL_STATE(
            "final-state-changed",
            "A final state never changes",
            "rows or events were changed behind the engine's back, or this is a defect: report it"),
    JOIN(
            "started-before-join",
            "A step starts only when its join holds",
            "this is a defect, or events were changed behind the engine's back: report it"),
    EARLY_START(
            "attempt-before-ready",
            "No attempt starts before its step was ready",
            "see whether the clocks of the workers' machines jump; otherwise report it"),
    ONE_RESULT(
            "two-results",
            "A recorded success is the step's last word: no other claim of the step follows it",
            "this is a defect, or rows were changed behind the engine's back: report it"),
    ATTEMPT_ROWS(
            "attempt-rows",
            "Attempt rows and step rows tell the same",
            "rows were changed or lost behind the engine's back: compare with a backup"),
    CLAIMS_OVERLAP(
            "claims-overlap",
            "No two claims of one step are valid at the same time",
            "see whether the clocks of the workers' machines jump; otherwise report it"),
    UNDECIDED(
            "undecided-result",
            "A recorded result is decided within the patience",
            "see with 'dagkeeper cluster' whether anybody leads, and in its log what keeps it"),
    STEP_OVERDUE(
            "overdue-step",
            "A waiting step is looked at when its time has come",
            "see with 'dagkeeper cluster' whether anybody leads, and in its log what keeps it"),
    RUN_OVERDUE(
            "overdue-run",
            "A run's timeout strikes when its time has come",
            "see with 'dagkeeper cluster' whether anybody leads, and in its log what keeps it"),
    COMMAND(
            "command-open",
            "A command has its outcome within the patience",
            "see with 'dagkeeper cluster' whether anybody leads, and in its log what keeps it"),
    POOL(
            "pool-overdrawn",
            "No step gets slots of a pool that has none free",
            "see with 'dagkeeper pools -o json' who has them, and report it with the log of the leading master"),
    GROUP(
            "group-overfull",
            "No run takes a place of a concurrency group that has none free",
            "see with 'dagkeeper runs --state active' who has them, and report it with the log of the leading master"),
    LEADER(
            "no-leader",
            "Somebody leads while there is work",
            "start a process with --roles master, or see in the log of one why it is not elected"),
    FENCE(
            "fence",
            "One leader's fence is up, that of the epoch in Postgres",
            "restart the leading master: it takes a new epoch and puts the fence up again"),
    PLACED_NOWHERE(
            "placed-nowhere",
            "Each step that is queued or running has an item or a lock under its claim",
            "the leader's sweep finds it; if it stays so, restart the leading master"),
    STRAY_ITEM(
            "stray-item",
            "Each item in an inbox is about a queued step under its current claim",
            "the leader's sweep takes it back; if it stays so, delete the node"),
    TWO_ITEMS(
            "two-items",
            "A step has one item, and none once it has a lock under the same claim",
            "the leader's sweep takes it back; if it stays so, delete the node of the worker that is not to run it"),
    STRAY_LOCK(
            "stray-lock",
            "Each lock is about a step that is placed, under its current claim",
            "a worker still runs what was taken from it: see its log, and restart it if it does not let go"),
    LOCK_OF_NOBODY(
            "lock-of-nobody", "Each lock is held by a worker that is a member", "delete the node: no worker will"),
    DEAD_INBOX(
            "dead-inbox",
            "Each inbox is that of a worker that is a member",
            "the leader's sweep removes it; if it stays so, delete the node"),
    STALE_NOTE(
            "unheeded-note",
            "A worker heeds a note to stop a step within the patience",
            "see the worker's log; restart the worker if it does not answer"),
    UNREADABLE(
            "unreadable-node",
            "Only items, notes and locks lie where items, notes and locks lie",
            "delete the node: nothing of this program makes such a node");

    private final String id;
    private final String description;
    private final String advice;

    Check(String id, String description, String advice) {
        this.id = id;
        this.description = description;
        this.advice = advice;
    }

    /** Stable, in lower case with hyphens. */
    public String id() {
        return id;
    }

    /** What must hold, in words. */
    public String description() {
        return description;
    }

    /** What to do when it does not. */
    public String advice() {
        return advice;
    }

    /** Whether it is about ZooKeeper, and so cannot be examined while that is away. */
    public boolean needsZooKeeper() {
        return compareTo(LEADER) >= 0;
    }
}
