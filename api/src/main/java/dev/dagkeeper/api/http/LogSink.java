package dev.dagkeeper.api.http;

import dev.dagkeeper.history.WorkerStore.LogChunk;
import java.io.IOException;

/** One form in which a log is sent. For one thread. */
interface LogSink {
    void chunk(LogChunk chunk) throws IOException;

    /** Sends what was written. */
    void flush() throws IOException;

    /** Finds out whether the client is still there, where the form allows it. */
    void alive() throws IOException;

    /** Sends what was held back for a rest that will not come. */
    void end() throws IOException;
}
