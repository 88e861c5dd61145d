package dev.dagkeeper.master;

import java.util.Locale;

/** What the reconciler puts right. Each is counted, by its kind and by what made the reconciler look. */
enum Repair {
    /** A step that was queued or running has neither item nor lock nor result: another claim is made. */
    LOST_CLAIM,
    /** A result was recorded and nobody heard the lock go. */
    MISSED_RESULT,
    /** A lock was taken and nobody heard of it. */
    MISSED_LOCK,
    /** Another worker has a step than the one it was given to, or one that was not known to have it. */
    MISPLACED_STEP,
    /** An item that is not the current claim of a placed step, taken back. */
    STRAY_ITEM,
    /** A second item of one claim, taken back. */
    SECOND_ITEM,
    /** A lock under another than the current claim: its holder is told to give up, and if it does not the lock is removed. */
    FALLEN_LOCK,
    /** A lock of a step that no worker is to have, or of a holder that is no member: the same. */
    STRAY_LOCK,
    /** An inbox of a worker that is gone, emptied and removed. */
    DEAD_INBOX,
    /** A node that is none of ours, removed. */
    UNREADABLE_NODE,
    /** A worker came or went and nobody heard of it. */
    MISSED_WORKER,
    /** A run was created and nobody heard the bell. */
    MISSED_RUN,
    /** A command was given and nobody heard the bell. */
    MISSED_COMMAND;

    /** What made the reconciler look. */
    enum Cause {
        /** A signal that did not come: only the net caught it. */
        PERIODIC,
        /** What happened before this term is found out by looking. */
        ELECTION,
        /** What happened while the connection was away is found out by looking. */
        RECONNECT,
        /** Nobody knows what became of an operation. */
        UNKNOWN_OUTCOME;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
