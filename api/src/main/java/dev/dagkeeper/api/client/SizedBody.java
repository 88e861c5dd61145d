package dev.dagkeeper.api.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body of a known size. */
final class SizedBody extends FramedBody {
    private final InputStream in;
    private long left;

    SizedBody(InputStream in, long size) {
        this.in = in;
        this.left = size;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        var read = in.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the connection ended " + left + " bytes before the answer did");
        }
        left -= read;
        return read;
    }
}
