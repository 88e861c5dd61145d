package dev.dagkeeper.worker;

/** Remembers the last bytes of a stream. Takes no memory before the first byte. Not thread-safe. */
final class LastBytes {
    private final int size;
    private byte[] ring = {};
    private long added;

    LastBytes(int size) {
        this.size = size;
    }

    void add(byte[] bytes, int offset, int length) {
        if (ring.length == 0) {
            ring = new byte[size];
        }
        int from = offset;
        int left = length;
        if (left > size) {
            added += left - size;
            from += left - size;
            left = size;
        }
        while (left > 0) {
            int at = (int) (added % size);
            int part = Math.min(left, size - at);
            System.arraycopy(bytes, from, ring, at, part);
            added += part;
            from += part;
            left -= part;
        }
    }

    /** How many bytes came before those it remembers. */
    long forgotten() {
        return Math.max(0, added - size);
    }

    /** What it remembers, in order. */
    byte[] bytes() {
        if (added <= size) {
            return java.util.Arrays.copyOf(ring, (int) added);
        }
        int at = (int) (added % size);
        var bytes = new byte[size];
        System.arraycopy(ring, at, bytes, 0, size - at);
        System.arraycopy(ring, 0, bytes, size - at, at);
        return bytes;
    }
}
