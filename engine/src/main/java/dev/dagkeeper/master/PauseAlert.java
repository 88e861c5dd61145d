package dev.dagkeeper.master;

import dev.dagkeeper.history.AlertWrites.NewAlert;
import dev.dagkeeper.history.StoredTrigger;
import dev.dagkeeper.history.StoredTrigger.Progress;
import dev.dagkeeper.run.RunHeader;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/** What is told of a trigger that has paused itself: from now on nothing runs until somebody resumes it. */
final class PauseAlert {
    private static final String KIND = "trigger-paused";

    private PauseAlert() {}

    /** @param last the run whose failure was one too many */
    static NewAlert of(StoredTrigger trigger, Progress progress, RunHeader last, Instant now) {
        var name = trigger.workflow() + "." + trigger.name();
        var data = JsonNodeFactory.instance.objectNode();
        data.putObject("trigger")
                .put("id", trigger.namespace() + "." + name)
                .put("failures", progress.failures())
                .put("reason", progress.reason());
        data.putObject("run").put("id", last.id().toString());
        return new NewAlert(
                NewAlert.idFor(KIND, trigger.id() + " " + last.id()),
                now,
                KIND,
                trigger.namespace(),
                trigger.workflow(),
                Optional.of(last.id()),
                "trigger " + name + " " + progress.reason(),
                data);
    }
}
