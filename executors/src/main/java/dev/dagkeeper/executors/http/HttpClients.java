package dev.dagkeeper.executors.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A few long-lived clients: the time for connecting is a client's setting, not a request's. Thread-safe. */
final class HttpClients {
    private static final int MOST = 8;

    private final Map<Duration, HttpClient> byConnectTimeout = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Duration, HttpClient> eldest) {
            if (size() <= MOST) {
                return false;
            }
            // Requests that it is sending still end well.
            eldest.getValue().shutdown();
            return true;
        }
    };

    synchronized HttpClient withConnectTimeout(Duration timeout) {
        return byConnectTimeout.computeIfAbsent(
                timeout,
                _ -> HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
    }
}
