package dev.dagkeeper.api.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A body in chunks. Gives what is there rather than wait for what was asked for, so that streams flow. */
final class ChunkedBody extends FramedBody {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean over;

    ChunkedBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !over) {
            nextChunk();
        }
        if (over) {
            return -1;
        }
        var read = in.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the connection ended in the middle of an answer");
        }
        left -= read;
        return read;
    }

    private void nextChunk() throws IOException {
        if (!first) {
            HttpExchange.line(in);
        }
        first = false;
        var size = HttpExchange.line(in);
        var extension = size.indexOf(';');
        var digits = (extension < 0 ? size : size.substring(0, extension)).strip();
        if (!digits.matches("[0-9a-fA-F]{1,15}")) {
            throw new ProtocolException("a chunk of the answer has the size '" + digits + "'");
        }
        left = Long.parseLong(digits, 16);
        if (left == 0) {
            over = true;
            skipTrailers();
        }
    }

    private void skipTrailers() throws IOException {
        var line = HttpExchange.line(in);
        while (!line.isEmpty()) {
            line = HttpExchange.line(in);
        }
    }
}
