package dev.dagkeeper.run;

import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Many {@link Slot}s in arrays: about 30 bytes each, reasons aside, which are mostly shared. */
final class Slots {
    private final StepState[] state;
    private final int[] claim;
    private final int[] attempt;
    private final byte[] lost;
    private final String[] reason;
    private final @Nullable String[] worker;
    private final @Nullable Instant[] due;
    private final BitSet stopping = new BitSet();

    /** All pending, claim and attempt 1, for one reason. */
    Slots(int size, String reason) {
        state = new StepState[size];
        claim = new int[size];
        attempt = new int[size];
        lost = new byte[size];
        this.reason = new String[size];
        worker = new @Nullable String[size];
        due = new @Nullable Instant[size];
        Arrays.fill(state, StepState.PENDING);
        Arrays.fill(claim, 1);
        Arrays.fill(attempt, 1);
        Arrays.fill(this.reason, reason);
    }

    int size() {
        return state.length;
    }

    StepState state(int i) {
        return state[i];
    }

    Slot get(int i) {
        return new Slot(state(i), reason[i], claim[i], attempt[i], lost[i], worker[i], due[i]);
    }

    void set(int i, Slot slot) {
        state[i] = slot.state();
        claim[i] = slot.claim();
        attempt[i] = slot.attempt();
        lost[i] = (byte) slot.lost();
        reason[i] = slot.reason();
        worker[i] = slot.worker();
        due[i] = slot.due();
    }

    void reason(int i, String text) {
        reason[i] = text;
    }

    /** Whether its current claim was asked to stop. */
    boolean stopping(int i) {
        return stopping.get(i);
    }

    void stop(int i) {
        stopping.set(i);
    }
}
