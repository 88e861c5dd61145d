package dev.dagkeeper.cluster;

import java.util.List;
import org.apache.zookeeper.KeeperException.Code;

/** What became of a multi(): all of it, none of it, or nobody knows. */
public sealed interface MultiResult {
    /** Every operation was carried out. */
    record Done() implements MultiResult {}

    /**
     * Nothing was carried out.
     *
     * @param codes why, one an operation: {@code OK} before the one that failed, {@code RUNTIMEINCONSISTENCY} after it
     */
    record Refused(List<Code> codes) implements MultiResult {
        public Refused {
            codes = List.copyOf(codes);
        }

        /** The place of the operation that failed; 0 when the server did not say. */
        public int failedAt() {
            for (int i = 0; i < codes.size(); i++) {
                if (codes.get(i) != Code.OK && codes.get(i) != Code.RUNTIMEINCONSISTENCY) {
                    return i;
                }
            }
            return 0;
        }

        /** Why that operation failed. */
        public Code cause() {
            return codes.isEmpty() ? Code.SYSTEMERROR : codes.get(failedAt());
        }
    }

    /** The connection was lost before the answer: read before trying again. */
    record Unknown(Code code) implements MultiResult {}
}
