package dev.dagkeeper.api.http;

import dev.dagkeeper.workflow.Problem;
import java.util.List;
import java.util.Map;

/** A request that gets no answer but the reason: an RFC 9457 problem. */
final class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String detail;
    private final transient List<Problem> errors;
    private final transient Map<String, String> headers;

    private ApiProblem(int status, String code, String detail, List<Problem> errors, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    static ApiProblem of(int status, String code, String detail) {
        return new ApiProblem(status, code, detail, List.of(), Map.of());
    }

    static ApiProblem of(int status, String code, String detail, List<Problem> errors) {
        return new ApiProblem(status, code, detail, errors, Map.of());
    }

    static ApiProblem badParameter(String detail) {
        return of(400, "bad-parameter", detail);
    }

    static ApiProblem malformedBody(String detail) {
        return of(400, "malformed-body", detail);
    }

    static ApiProblem invalidBody(String detail) {
        return of(422, "invalid-body", detail);
    }

    static ApiProblem tooLarge(String detail) {
        return of(413, "too-large", detail);
    }

    /** The same with a response header more. */
    ApiProblem with(String name, String value) {
        var more = new java.util.HashMap<>(headers);
        more.put(name, value);
        return new ApiProblem(status, code, detail, errors, more);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String detail() {
        return detail;
    }

    List<Problem> errors() {
        return errors;
    }

    Map<String, String> headers() {
        return headers;
    }
}
