package dev.dagkeeper.api.http;

import dev.dagkeeper.history.WorkflowStore.FileRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A workflow as a client sends it.
 *
 * @param fileName what to call it in problems
 * @param bytes expected to be UTF-8
 * @param files what its {@code files} came to, in the client's order
 */
@SuppressWarnings("ArrayRecordComponent")
record Source(String fileName, byte[] bytes, List<FileRef> files) {
    static final String JSON = "application/json";
    static final String YAML = "application/yaml";

    /** The fields of a JSON body that carry a source. */
    static final Set<String> FIELDS = Set.of("source", "fileName", "files");

    private static final String UNNAMED = "workflow.yaml";
    private static final Set<String> FILE_FIELDS = Set.of("sha256", "size", "executable");
    private static final long MOST_FILE_BYTES = 32L << 20;

    Source {
        files = List.copyOf(files);
    }

    /** Reads a YAML body, or a JSON body with the fields of a source and no other. */
    static Source read(Call call) throws IOException {
        return switch (call.contentType(YAML, JSON)) {
            case YAML -> unnamed(call.body(call.limits().sourceBytes()));
            default -> of(BodyFields.parse(call.body(call.limits().jsonBytes()), FIELDS), call.limits());
        };
    }

    static Source unnamed(byte[] bytes) {
        return new Source(UNNAMED, bytes, List.of());
    }

    static Source of(BodyFields body, HttpLimits limits) {
        var bytes = body.requiredText("source").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > limits.sourceBytes()) {
            throw ApiProblem.tooLarge(
                    "expected a source of at most " + limits.sourceBytes() + " bytes, found " + bytes.length);
        }
        return new Source(body.text("fileName").orElse(UNNAMED), bytes, files(body));
    }

    private static List<FileRef> files(BodyFields body) {
        var files = new ArrayList<FileRef>();
        var total = 0L;
        for (var entry : body.objects("files", FILE_FIELDS).entrySet()) {
            var path = entry.getKey();
            var fields = entry.getValue();
            checkPath(path);
            var size = fields.number("size", 0, MOST_FILE_BYTES)
                    .orElseThrow(() -> ApiProblem.invalidBody("'size' of '" + path + "' is missing"));
            total += size;
            files.add(new FileRef(
                    path, FileResource.hash(fields.requiredText("sha256")), size, fields.flag("executable")));
        }
        if (total > MOST_FILE_BYTES) {
            throw ApiProblem.tooLarge("expected files of at most 32 MiB together, found " + total + " bytes");
        }
        return files;
    }

    /** A worker will write there: it must stay below the step's directory. */
    private static void checkPath(String path) {
        var inside = !path.isEmpty() && path.indexOf('\\') < 0 && path.indexOf('\0') < 0;
        for (var part : path.split("/", -1)) {
            inside &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
        }
        if (!inside) {
            throw ApiProblem.invalidBody("expected the path of a file below the workflow's directory, with single /"
                    + " and without . or .., found '" + path + "'");
        }
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
