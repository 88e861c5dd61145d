package dev.dagkeeper.master;

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.run.ActiveRun;
import dev.dagkeeper.run.Deadlines;
import dev.dagkeeper.workflow.Deadline;
import dev.dagkeeper.workflow.Durations;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is told of a deadline that has struck. */
final class DeadlineAlert {
    private static final String KIND = "deadline";

    private DeadlineAlert() {}

    static NewAlert of(ActiveRun run, int place, Instant now) {
        var deadline = run.workflow().deadlines().get(place);
        var header = run.header();
        var workflow = header.facts().workflow();
        var about = JsonNodeFactory.instance.objectNode();
        about.put("id", header.id().toString())
                .put("namespace", header.namespace())
                .put("workflow", workflow)
                .put("revision", header.facts().revision())
                .put("state", run.state().text())
                .put("reason", run.reason())
                .put("trigger", header.facts().trigger())
                .put("scheduledFor", header.facts().time().toString())
                .put("createdAt", header.createdAt().toString());
        var data = JsonNodeFactory.instance.objectNode();
        data.set("deadline", data(deadline));
        data.set("run", about);
        return new NewAlert(
                NewAlert.idFor(KIND, header.id() + " " + place),
                now,
                KIND,
                header.namespace(),
                workflow,
                Optional.of(header.id()),
                "run of " + workflow + " " + Deadlines.words(deadline),
                data);
    }

    /** The deadline in the notation of the language. */
    static ObjectNode data(Deadline deadline) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("from", deadline.from().name().toLowerCase(Locale.ROOT))
                .put("within", Durations.format(deadline.within()))
                .put("do", deadline.action().name().toLowerCase(Locale.ROOT));
    }
}
