package dev.dagkeeper.api.client;

import java.io.IOException;
import java.io.InputStream;

/** The body of an answer without its framing; how it is framed is told by {@link #read(byte[], int, int)}. */
abstract class FramedBody extends InputStream {
    @Override
    public final int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] target, int offset, int length) throws IOException;
}
