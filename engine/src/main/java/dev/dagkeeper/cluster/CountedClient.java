package dev.dagkeeper.cluster;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.zookeeper.AsyncCallback.MultiCallback;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A client that counts what it asks for, whoever asks through it. The client numbers its requests, and gives neither pings nor
 * logins a number of that sequence; so the sequence is the count, and only the parts of a multi() are to be added. Thread-safe.
 */
@SuppressWarnings("try") // that closing may be interrupted is how ZooKeeper's client is
final class CountedClient extends ZooKeeperAdmin {
    /** After so many requests the client begins again at 1. */
    private static final long LAST_NUMBER = Integer.MAX_VALUE - 1L;

    private final LongAdder parts = new LongAdder();
    private long requests;
    private int looked;

    CountedClient(String servers, int sessionTimeout, Watcher watcher, boolean canBeReadOnly, ZKClientConfig config)
            throws IOException {
        super(servers, sessionTimeout, watcher, canBeReadOnly, config);
    }

    @Override
    protected void multiInternal(
            MultiOperationRecord request, @Nullable MultiCallback answer, @Nullable Object context) {
        parts.add(request.size() - 1L);
        super.multiInternal(request, answer, context);
    }

    @Override
    protected List<OpResult> multiInternal(MultiOperationRecord request) throws InterruptedException, KeeperException {
        parts.add(request.size() - 1L);
        return super.multiInternal(request);
    }

    /** Operations asked for so far; of a multi() each one. To be called once within two thousand million requests. */
    synchronized long operations() {
        // Looking takes a number, which no request has then.
        int number = cnxn.getXid();
        long since = number - looked - 1L;
        requests += since < 0 ? since + LAST_NUMBER : since;
        looked = number;
        return requests + parts.sum();
    }

    /** The number of the last transaction that the ensemble had committed at its last answer; 0 before there was one. */
    long lastTransaction() {
        return cnxn.getLastZxid();
    }
}
