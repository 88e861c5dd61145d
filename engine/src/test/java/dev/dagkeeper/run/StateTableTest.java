package dev.dagkeeper.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.workflow.Deadline.Action;
import dev.dagkeeper.workflow.Deadline.From;
import dev.dagkeeper.workflow.Step.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Walks every pair of state and event. In the tables a dot is "nothing changes", {@code stop} a request to stop. */
class StateTableTest {
    private static final String INSTANCES = """
            from            placed withdrawn running succeeded retried failed timed-out ended     again   lost    lost-3 due     cancel    kill      timeout   started doubted past
            pending         .      .         .       succeeded waiting failed timed-out cancelled waiting .       .      .       cancelled cancelled cancelled .       .       .
            blocked         queued .         running succeeded waiting failed timed-out cancelled waiting .       .      .       cancelled cancelled cancelled .       blocked blocked
            queued          .      blocked   running succeeded waiting failed timed-out cancelled waiting blocked failed .       stop      stop      stop      .       .       .
            running         .      .         .       succeeded waiting failed timed-out cancelled waiting blocked failed .       stop      stop      stop      .       .       .
            waiting         .      .         .       succeeded waiting failed timed-out cancelled waiting .       .      blocked cancelled cancelled cancelled .       waiting .
            succeeded       .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            warned          .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            failed          .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            timed-out       .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            skipped         .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            upstream-failed .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            cancelled       .      .         .       .         .       .      .         .         .       .       .      .       .         .         .         .       .       .
            """;

    /** The same once the run is being cancelled and the instance was told to stop. */
    private static final String TOLD_TO_STOP = """
            from    placed withdrawn running succeeded retried   failed timed-out ended     again     lost      lost-3    due cancel kill timeout started doubted  past
            queued  .      cancelled running succeeded cancelled failed timed-out cancelled cancelled cancelled cancelled .   .      stop .       .       .  .
            running .      .         .       succeeded cancelled failed timed-out cancelled cancelled cancelled cancelled .   .      stop .       .       .  .
            """;

    /** A run with one main step, at work except in the queued run, and one hook that is there for every end. */
    private static final String RUNS = """
            from             started cancel     kill       timeout alerts     cancels    fails      succeeded         failed skip    refuse
            queued           running cancelling cancelled  running queued     cancelling running    running           running skipped running
            running          .       cancelling cancelling running running    cancelling running    running           running .       .
            running-timeout  .       .          cancelling .       running    running    running    running           running .       .
            running-hooks    .       succeeded  succeeded  .       .          .          .          .                 . .       .
            paused           .       cancelling cancelling running paused     cancelling running    running           running .       .
            cancelling       .       .          cancelling .       cancelling cancelling cancelling cancelling        cancelling .       .
            cancelling-hooks .       .          cancelled  .       .          .          .          .                 . .       .
            succeeded        .       .          .          .       .          .          .          .                 . .       .
            warned           .       .          .          .       .          .          .          .                 . .       .
            failed           .       .          .          .       .          .          .          .                 . .       .
            cancelled        .       .          .          .       .          .          .          .                 . .       .
            skipped          .       .          .          .       .          .          .          .                 . .       .
            """;

    @Test
    void every_instance_state_meets_every_event() {
        var rows = rows(INSTANCES);
        assertThat(rows.stream().skip(1).map(List::getFirst))
                .containsExactly(java.util.Arrays.stream(StepState.values())
                        .map(StepState::text)
                        .toArray(String[]::new));
        walk(rows, (state, event) -> {
            var play = instance(StepState.parse(state), event);
            return after(play, play.send(event(play, event)));
        });
    }

    @Test
    void every_event_meets_an_instance_that_was_told_to_stop() {
        walk(rows(TOLD_TO_STOP), (state, event) -> {
            var play = instance(StepState.parse(state), event);
            play.send(new Event.CancelRequested(false, "ann"));
            assertThat(play.run.stopRequested(play.key("a"))).isTrue();
            return after(play, play.send(event(play, event)));
        });
    }

    @Test
    void every_run_state_meets_every_event() {
        var rows = rows(RUNS);
        assertThat(rows.stream()
                        .skip(1)
                        .map(row -> row.getFirst().replaceFirst("-.*", ""))
                        .distinct())
                .containsExactlyInAnyOrder(java.util.Arrays.stream(RunState.values())
                        .map(RunState::text)
                        .toArray(String[]::new));
        walk(rows, (state, event) -> {
            var play = run(state);
            var decision = play.send(event(play, event));
            return decision.isEmpty() ? "." : play.run.state().text();
        });
    }

    private interface Pair {
        String outcome(String state, String event);
    }

    private static void walk(List<List<String>> rows, Pair pair) {
        var events = rows.getFirst();
        for (var row : rows.subList(1, rows.size())) {
            for (var i = 1; i < events.size(); i++) {
                assertThat(pair.outcome(row.getFirst(), events.get(i)))
                        .as("%s on %s", row.getFirst(), events.get(i))
                        .isEqualTo(row.get(i));
            }
        }
    }

    private static List<List<String>> rows(String table) {
        return table.lines().map(line -> List.of(line.split(" +"))).toList();
    }

    private static String after(Play play, Decision decision) {
        var key = play.key("a");
        var outcome = ".";
        for (var change : decision.changes()) {
            if (change instanceof Change.StopRequested stop && stop.key().equals(key)) {
                outcome = "stop";
            } else if (change instanceof Change.StepChanged step && step.key().equals(key)) {
                outcome = step.to().text();
            }
        }
        return outcome;
    }

    /** A running run whose step {@code a} is in the given state, beside one that keeps the run going. */
    private static Play instance(StepState state, String event) {
        var play = new Play(new WorkflowBuilder()
                .step("z")
                .step("a", s -> s.needs("z").retries(1, Duration.ofSeconds(10)))
                .build());
        var run = new ActiveRun(play.run.header(), play.run.workflow(), RunState.RUNNING, "", Optional.empty());
        var attempt = event.equals("failed") || event.equals("timed-out") ? 2 : 1;
        var lost = event.equals("lost-3") ? 2 : 0;
        run.restore(List.of(row(play.key("z"), StepState.RUNNING, 1, 0), row(play.key("a"), state, attempt, lost)));
        play.run = run;
        return play;
    }

    private static StepSnapshot row(StepKey key, StepState state, int attempt, int lost) {
        var held = state == StepState.QUEUED || state == StepState.RUNNING;
        return new StepSnapshot(
                key,
                state,
                "as stored",
                4,
                attempt,
                lost,
                held ? Optional.of(Play.WORKER) : Optional.empty(),
                state == StepState.WAITING ? Optional.of(Play.T0) : Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    private static Event event(Play play, String name) {
        var a = play.key("a");
        var claim = play.run.claim(a);
        return switch (name) {
            case "placed" -> new Event.Placed(a, claim, Play.WORKER);
            case "withdrawn" -> new Event.Withdrawn(a, claim);
            case "running" -> new Event.Running(a, claim, Play.WORKER, Play.T0);
            case "succeeded" -> new Event.Reported(a, claim, new Report.Succeeded(Map.of()));
            case "retried", "failed" -> new Event.Reported(a, claim, Play.failure());
            case "timed-out" -> new Event.Reported(a, claim, new Report.TimedOut("took longer than 1h"));
            case "ended" -> new Event.Reported(a, claim, new Report.Cancelled());
            case "again" -> new Event.Reported(a, claim, new Report.AskAgain(Play.T0.plusSeconds(9), "job 7"));
            case "lost", "lost-3" -> new Event.Lost(a, claim, false);
            case "due" -> new Event.Due(a);
            case "past" -> new Event.PastHeard(a.step(), Optional.of("the step before failed"));
            case "doubted" -> new Event.Doubted(a, claim);
            case "cancel" -> new Event.CancelRequested(false, "ann");
            case "kill" -> new Event.CancelRequested(true, "ann");
            case "timeout" -> new Event.RunTimedOut();
            case "alerts" -> new Event.DeadlinePassed(0);
            case "cancels" -> new Event.DeadlinePassed(1);
            case "fails" -> new Event.DeadlinePassed(2);
            case "skip" -> new Event.TurnedAway(RunState.SKIPPED, "the group is full");
            case "refuse" -> new Event.TurnedAway(RunState.FAILED, "the group is full");
            case "started" -> new Event.Started();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Play run(String state) {
        var play = new Play(new WorkflowBuilder()
                .step("a")
                .hook(Phase.ALWAYS, "h")
                .deadline(From.QUEUED, Duration.ofHours(1), Action.ALERT)
                .deadline(From.QUEUED, Duration.ofHours(2), Action.CANCEL)
                .deadline(From.QUEUED, Duration.ofHours(3), Action.FAIL)
                .build());
        if (state.equals("queued")) {
            return play;
        }
        if (state.contains("-") || state.equals("cancelling") || state.equals("running")) {
            play.send(new Event.Started());
            play.begin(play.key("a"));
            prepare(play, state);
            return play;
        }
        var as = RunState.parse(state);
        var rows = new ArrayList<StepSnapshot>();
        rows.add(row(play.key("a"), as.isFinal() ? StepState.SUCCEEDED : StepState.RUNNING, 1, 0));
        rows.add(row(play.key("always.h"), as.isFinal() ? StepState.SUCCEEDED : StepState.PENDING, 1, 0));
        var verdict = as.isFinal() ? Optional.of(as) : Optional.<RunState>empty();
        play.run = new ActiveRun(play.run.header(), play.run.workflow(), as, "", verdict);
        play.run.restore(rows);
        return play;
    }

    private static void prepare(Play play, String state) {
        switch (state) {
            case "running" -> {}
            case "running-timeout" -> play.send(new Event.RunTimedOut());
            case "running-hooks" -> play.succeed("a");
            case "cancelling" -> play.send(new Event.CancelRequested(false, "bob"));
            case "cancelling-hooks" -> {
                play.send(new Event.CancelRequested(false, "bob"));
                play.report(play.key("a"), new Report.Cancelled());
            }
            default -> throw new IllegalArgumentException(state);
        }
    }
}
