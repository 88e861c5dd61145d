package dev.dagkeeper.master;

import java.util.HashSet;
import java.util.Set;

/**
 * What does not fit may only be on its way. So what a periodic look notices is put right when a second look, a while later,
 * notices the same; the second look notes nothing new, or a busy system would always be looked at. After an election or a
 * reconnect signals were missed for certain, and what does not fit is put right at once. Not thread-safe: the leader's.
 */
final class Suspicions {
    /** What is thought of a thing. */
    private record Suspicion(Repair kind, Object thing) {}

    /** How much a look may believe. */
    private enum Look {
        FIRST,
        SECOND,
        CERTAIN
    }

    private final Set<Suspicion> open = new HashSet<>();
    private final Set<Suspicion> noted = new HashSet<>();
    private Look look = Look.FIRST;

    /** @param certain whether signals were missed for certain */
    void begin(boolean certain) {
        look = certain ? Look.CERTAIN : open.isEmpty() ? Look.FIRST : Look.SECOND;
        noted.clear();
    }

    /** Whether a thing that does not fit is to be put right now. */
    boolean confirms(Repair kind, Object thing) {
        return look == Look.CERTAIN || confirmsLater(kind, thing);
    }

    /** As {@link #confirms}, for what is put right only when it was seen twice, whatever made the reconciler look. */
    boolean confirmsLater(Repair kind, Object thing) {
        var suspicion = new Suspicion(kind, thing);
        if (look == Look.SECOND) {
            return open.contains(suspicion);
        }
        noted.add(suspicion);
        return look == Look.CERTAIN && open.contains(suspicion);
    }

    /** Whether the same things are to be looked at again. */
    boolean end() {
        open.clear();
        open.addAll(noted);
        return !open.isEmpty();
    }
}
