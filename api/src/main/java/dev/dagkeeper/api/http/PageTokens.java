package dev.dagkeeper.api.http;

import dev.dagkeeper.history.WorkflowStore.WorkflowName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The last entry of a page, as clients hand it back for the next one. They are not to read it, so it does not look readable. */
final class PageTokens {
    private static final String SEPARATOR = " ";

    private PageTokens() {}

    static String of(RunId run) {
        return encode("r", run.toString());
    }

    static String of(StepKey key) {
        return encode("s", key.step() + SEPARATOR + key.index());
    }

    static String of(WorkflowName name) {
        return encode("w", name.namespace() + SEPARATOR + name.name());
    }

    static Optional<RunId> run(Parameters query) {
        return query.text("pageToken").map(token -> {
            try {
                return RunId.parse(decode("r", token));
            } catch (IllegalArgumentException e) {
                throw foreign(token);
            }
        });
    }

    static Optional<StepKey> step(Parameters query, RunId run) {
        return query.text("pageToken").map(token -> {
            var parts = decode("s", token).split(SEPARATOR, 2);
            try {
                return new StepKey(run, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw foreign(token);
            }
        });
    }

    static Optional<WorkflowName> workflow(Parameters query) {
        return query.text("pageToken").map(token -> {
            var parts = decode("w", token).split(SEPARATOR, 2);
            if (parts.length < 2) {
                throw foreign(token);
            }
            return new WorkflowName(parts[0], parts[1]);
        });
    }

    private static String encode(String kind, String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((kind + text).getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String kind, String token) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(kind)) {
                return text.substring(kind.length());
            }
        } catch (IllegalArgumentException e) {
            // Told below, like a token of another list.
        }
        throw foreign(token);
    }

    private static ApiProblem foreign(String token) {
        return ApiProblem.badParameter("'" + token + "' is not a pageToken of this list");
    }
}
