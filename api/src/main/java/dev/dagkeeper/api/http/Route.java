package dev.dagkeeper.api.http;

/**
 * One operation.
 *
 * @param template the path as openapi.yaml writes it: segments are literal, {@code {name}}, or {@code {name}:verb}
 * @param access who may use it
 */
record Route(String method, String template, Access access, Handler handler) {
    /** Who may use an operation. */
    enum Access {
        EVERYBODY,
        TOKEN
    }

    /** Carries out one request on its own virtual thread. */
    interface Handler {
        Answer handle(Call call) throws java.io.IOException, InterruptedException;
    }

    static Route get(String template, Handler handler) {
        return new Route("GET", template, Access.TOKEN, handler);
    }

    static Route post(String template, Handler handler) {
        return new Route("POST", template, Access.TOKEN, handler);
    }
}
