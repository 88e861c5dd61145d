package dev.dagkeeper.worker;

/** Why a running attempt is to end before its time. */
public enum Stop {
    /** An operator or the run ended it: processes get their grace, then {@code Cancelled} is recorded. */
    CANCEL,
    /** As {@link #CANCEL}, without any grace. May follow it. */
    KILL,
    /** The claim was taken away: processes are killed, nothing is recorded. */
    ABANDON
}
