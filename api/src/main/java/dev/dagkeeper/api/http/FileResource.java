package dev.dagkeeper.api.http;

import dev.dagkeeper.history.FileStore;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** Files that workflows ship. Thread-safe. */
final class FileResource {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final FileStore files;

    FileResource(FileStore files) {
        this.files = files;
    }

    List<Route> routes() {
        return List.of(
                new Route("PUT", "/v1/files/{sha256}", Route.Access.TOKEN, this::put),
                new Route("HEAD", "/v1/files/{sha256}", Route.Access.TOKEN, this::head));
    }

    private Answer put(Call call) throws IOException {
        call.query();
        call.contentType("application/octet-stream");
        var expected = hashInPath(call);
        var content = call.body(call.limits().fileBytes());
        var found = sha256(content);
        if (!found.equals(expected)) {
            throw ApiProblem.of(
                    422, "hash-mismatch", "expected a body with the SHA-256 " + expected + ", found " + found);
        }
        var isNew = !files.missing(List.of(expected)).isEmpty();
        files.put(content);
        return new Answer.Empty(isNew ? 201 : 204);
    }

    private Answer head(Call call) {
        call.query();
        var missing = files.missing(List.of(hashInPath(call)));
        return new Answer.Empty(missing.isEmpty() ? 200 : 404);
    }

    private static String hashInPath(Call call) {
        var hash = call.path("sha256");
        if (!HASH.matcher(hash).matches()) {
            throw ApiProblem.badParameter(
                    "expected a SHA-256 of 64 lower-case hexadecimal digits in the path, found '" + hash + "'");
        }
        return hash;
    }

    /** Checks a hash in a body. */
    static String hash(String text) {
        if (!HASH.matcher(text).matches()) {
            throw ApiProblem.invalidBody(
                    "expected a SHA-256 of 64 lower-case hexadecimal digits for 'sha256', found '" + text + "'");
        }
        return text;
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
