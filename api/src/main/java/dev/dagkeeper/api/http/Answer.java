package dev.dagkeeper.api.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a handler wants to be sent. */
sealed interface Answer {
    int status();

    /** Response headers, the content type aside. */
    Map<String, String> headers();

    /** A JSON document. */
    record Json(int status, JsonNode body, Map<String, String> headers) implements Answer {}

    /** A document that is there already. */
    @SuppressWarnings("ArrayRecordComponent")
    record Document(int status, String type, byte[] body, Map<String, String> headers) implements Answer {}

    /** No body. */
    record Empty(int status) implements Answer {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }

    /** A body that is written as it comes to be; it takes one of the places for streams. */
    record Stream(String type, Body body) implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Cache-Control", "no-store");
        }
    }

    /** Writes a stream until it ends. Each flush sends what was written. */
    interface Body {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    static Answer ok(JsonNode body) {
        return new Json(200, body, Map.of());
    }
}
