package dev.dagkeeper.api.http;

import dev.dagkeeper.api.http.ClusterView.Place;
import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.WorkflowStore.WorkflowName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

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

    static String of(Place place) {
        return encode(
                "q",
                String.join(SEPARATOR, Integer.toString(place.priority()), text(place.key()), place.incarnation()));
    }

    static String ofLock(StepKey key) {
        return encode("l", text(key));
    }

    private static String text(StepKey key) {
        return key.run() + SEPARATOR + key.step() + SEPARATOR + key.index();
    }

    static Optional<Place> place(Parameters query) {
        return query.text("pageToken").map(token -> {
            var parts = decode("q", token).split(SEPARATOR, 5);
            try {
                return new Place(Integer.parseInt(parts[0]), key(parts, 1), parts[4]);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw foreign(token);
            }
        });
    }

    static Optional<StepKey> lock(Parameters query) {
        return query.text("pageToken").map(token -> {
            try {
                return key(decode("l", token).split(SEPARATOR, 3), 0);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw foreign(token);
            }
        });
    }

    private static StepKey key(String[] parts, int from) {
        return new StepKey(
                RunId.parse(parts[from]), Integer.parseInt(parts[from + 1]), Integer.parseInt(parts[from + 2]));
    }

    static String of(TriggerName name) {
        return encode("t", name.toString());
    }

    static String of(Instant fire) {
        return encode("f", fire.toString());
    }

    static String of(AlertStore.Place alert) {
        return encode("a", alert.at() + SEPARATOR + alert.id());
    }

    static Optional<AlertStore.Place> alert(Parameters query) {
        return query.text("pageToken").map(token -> {
            var parts = decode("a", token).split(SEPARATOR, 2);
            try {
                return new AlertStore.Place(Instant.parse(parts[0]), UUID.fromString(parts[1]));
            } catch (DateTimeParseException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw foreign(token);
            }
        });
    }

    static String ofBackfill(long id) {
        return encode("b", Long.toString(id));
    }

    static Optional<Long> backfill(Parameters query) {
        return query.text("pageToken").map(token -> {
            try {
                return Long.valueOf(decode("b", token));
            } catch (NumberFormatException e) {
                throw foreign(token);
            }
        });
    }

    static String ofDatasetEvent(long id) {
        return encode("e", Long.toString(id));
    }

    static Optional<Long> datasetEvent(Parameters query) {
        return query.text("pageToken").map(token -> {
            try {
                return Long.valueOf(decode("e", token));
            } catch (NumberFormatException e) {
                throw foreign(token);
            }
        });
    }

    static String ofDataset(String uri) {
        return encode("d", uri);
    }

    static Optional<String> dataset(Parameters query) {
        return query.text("pageToken").map(token -> decode("d", token));
    }

    static Optional<TriggerName> trigger(Parameters query) {
        return query.text("pageToken").map(token -> {
            var parts = decode("t", token).split("\\.", 3);
            if (parts.length < 3) {
                throw foreign(token);
            }
            return new TriggerName(parts[0], parts[1], parts[2]);
        });
    }

    static Optional<Instant> fire(Parameters query) {
        return query.text("pageToken").map(token -> {
            try {
                return Instant.parse(decode("f", token));
            } catch (DateTimeParseException e) {
                throw foreign(token);
            }
        });
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
