package dev.dagkeeper.simulation;

/**
 * What lies between a client and a store: here operations are delayed, cut and interrupted. Without faults everything goes
 * through at once.
 */
interface Wire {
    /** Everything arrives, at once. */
    Wire PERFECT = new Wire() {
        @Override
        public void asked(Store store, String operation) {}

        @Override
        public void answered(Store store, String operation) {}

        @Override
        public void send(Runnable request) {
            request.run();
        }

        @Override
        public void deliver(Runnable news) {
            news.run();
        }
    };

    /** Whom an operation is for. */
    enum Store {
        POSTGRES,
        ZOOKEEPER
    }

    /** A request that is waited for is on its way; when this throws it never arrives. */
    void asked(Store store, String operation);

    /** It was carried out; when this throws the answer never arrives. */
    void answered(Store store, String operation);

    /** A request that nobody waits for: to be carried out at some time, unless something else is asked for before. */
    void send(Runnable request);

    /** A watch event; as {@link #deliver}. */
    default void tell(Runnable event) {
        deliver(event);
    }

    /** An answer: to be heard at some time, in the order of the calls. */
    void deliver(Runnable news);
}
