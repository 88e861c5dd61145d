package dev.dagkeeper.worker;

import dev.dagkeeper.executor.DeclaredOutputs;
import dev.dagkeeper.executor.DeclaredOutputs.Bound;
import dev.dagkeeper.executor.Result;
import dev.dagkeeper.executor.StepType;
import dev.dagkeeper.run.Report;
import dev.dagkeeper.workflow.Durations;
import dev.dagkeeper.workflow.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How an attempt ended.
 *
 * @param state what an executor that wants to be asked again will be given then
 */
record Ending(Report report, Optional<Integer> exitCode, Optional<JsonNode> state) {
    private static final int MESSAGE_CHARS = 8 * 1024;

    static Ending failed(String kind, String message, boolean retryable) {
        return new Ending(
                new Report.Failed(kind, storable(message), Optional.empty(), retryable),
                Optional.empty(),
                Optional.empty());
    }

    static Ending timedOut(Duration timeout) {
        return new Ending(
                new Report.TimedOut("the attempt took longer than its timeout of " + Durations.format(timeout)),
                Optional.empty(),
                Optional.empty());
    }

    static Ending cancelled() {
        return new Ending(new Report.Cancelled(), Optional.empty(), Optional.empty());
    }

    /** What an executor's result means for the step: its outputs bound, its message without secrets. */
    static Ending of(Result result, Step step, StepType type, Redaction redaction, Instant now) {
        return switch (result) {
            case Result.Succeeded(var offered) ->
                switch (DeclaredOutputs.bind(step.outputs(), type.process(), offered)) {
                    case Bound.Outputs(var values) ->
                        // A process type succeeds with exit code 0 and with no other.
                        new Ending(
                                new Report.Succeeded(values),
                                type.process() ? Optional.of(0) : Optional.empty(),
                                Optional.empty());
                    case Bound.Refused(var why) -> failed("output", redaction.text(why), true);
                };
            case Result.Failed(var kind, var message, var exitCode, var retryable) ->
                new Ending(
                        new Report.Failed(kind, storable(redaction.text(message)), exitCode, retryable),
                        exitCode,
                        Optional.empty());
            case Result.AskAgain(var after, var state, var reason) ->
                new Ending(
                        new Report.AskAgain(now.plus(after), storable(redaction.text(reason))),
                        Optional.empty(),
                        Optional.of(state));
        };
    }

    /** Postgres keeps no NUL, and a message is for people. */
    private static String storable(String message) {
        var text = message.replace('\0', '\uFFFD');
        if (text.length() <= MESSAGE_CHARS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MESSAGE_CHARS - 1)) ? MESSAGE_CHARS - 1 : MESSAGE_CHARS;
        return text.substring(0, end) + " ...";
    }
}
