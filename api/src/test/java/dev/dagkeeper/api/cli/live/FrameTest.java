package dev.dagkeeper.api.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.api.client.RunEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class FrameTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Style UNICODE = new Style(false, false);
    private static final Style ASCII = new Style(true, false);

    @Test
    void shows_each_step_with_state_attempt_time_worker_and_last_line() {
        var run = orders(Map.of());

        assertThat(Frame.lines(run, UNICODE, 80, 24, START.plusSeconds(12)))
                .containsExactly(
                        "orders running  1/4 done  12s",
                        " ✓ extract  succeeded    2.0s",
                        " ● load     running 2/3  9.0s    w1  copied 3 of 9",
                        " ◌ quality  waiting      7.0s     asks again at 00:01",
                        " · report   pending",
                        "critical path: extract → load → report");
    }

    @Test
    void draws_with_ascii_characters_only() {
        var lines = Frame.lines(orders(Map.of()), ASCII, 80, 24, START.plusSeconds(12));

        assertThat(lines).allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c <= '~'));
        assertThat(lines).contains(" > load     running 2/3  9.0s    w1  copied 3 of 9");
    }

    @Test
    void estimates_what_is_left_from_an_earlier_run() {
        var run = orders(Map.of(
                "extract", Duration.ofSeconds(2), "load", Duration.ofSeconds(20), "report", Duration.ofSeconds(5)));

        assertThat(Frame.lines(run, UNICODE, 80, 24, START.plusSeconds(12)).getFirst())
                .isEqualTo("orders running  1/4 done  12s  about 16s left");
    }

    @Test
    void is_never_wider_or_higher_than_the_terminal() {
        var steps = new ArrayList<LiveStep>();
        for (var i = 0; i < 500; i++) {
            steps.add(new LiveStep("a_rather_long_name_of_a_step_漢字_" + i, List.of(), 3, true));
        }
        var run = new LiveRun("1", "a_workflow_with_a_name_that_is_too_long_for_its_terminal", START, steps, Map.of());
        run.apply(event("a_rather_long_name_of_a_step_漢字_7", "running", 1, 1, "", "a-worker-with-a-name"));

        for (var width : List.of(20, 33, 80, 200)) {
            for (var height : List.of(6, 10, 24)) {
                var lines = Frame.lines(run, UNICODE, width, height, START.plusSeconds(5));
                assertThat(lines).as("%d x %d", width, height).hasSizeLessThan(height);
                assertThat(lines).allMatch(line -> Text.width(line) <= width);
            }
        }
    }

    @Test
    void shows_what_runs_and_what_failed_when_there_are_too_many_steps() {
        var steps = new ArrayList<LiveStep>();
        for (var i = 0; i < 50; i++) {
            steps.add(new LiveStep("s" + i, List.of(), 1, true));
        }
        var run = new LiveRun("1", "wide", START, steps, Map.of());
        run.apply(event("s10", "succeeded", 1, 1, "", ""));
        run.apply(event("s20", "failed", 1, 1, "exit code 3", ""));
        run.apply(event("s40", "running", 1, 1, "", ""));

        assertThat(Frame.lines(run, UNICODE, 60, 8, START.plusSeconds(2)))
                .containsExactly(
                        "wide queued  2/50 done  2.0s",
                        " · s0   pending",
                        " · s1   pending",
                        " ✗ s20  failed            exit code 3",
                        " ● s40  running  1.0s",
                        "  and 46 more: 45 pending, 1 succeeded");
    }

    @Test
    void shows_instances_of_a_foreach_that_run_or_failed_below_their_step() {
        var run = new LiveRun("1", "each", START, List.of(new LiveStep("load", List.of(), 1, true)), Map.of());
        run.apply(event("load", "running", 1, 1, "", ""));
        run.apply(instance("load", 0, "succeeded", ""));
        run.apply(instance("load", 1, "running", ""));
        run.apply(instance("load", 2, "failed", "exit code 1"));

        assertThat(Frame.lines(run, UNICODE, 60, 24, START.plusSeconds(3)))
                .containsExactly(
                        "each queued  0/1 done  3.0s",
                        " ● load     running  2.0s     2/3 instances",
                        " ● load[1]  running  2.0s",
                        " ✗ load[2]  failed            exit code 1");
    }

    @Test
    void output_of_a_step_cannot_command_the_terminal() {
        var run = new LiveRun("1", "evil", START, List.of(new LiveStep("a", List.of(), 1, true)), Map.of());
        run.apply(event("a", "running", 1, 1, "", ""));
        run.log("a", -1, "\u001b[2J\u001b]0;title\u0007gone\r\n");

        assertThat(Frame.lines(run, UNICODE, 80, 24, START.plusSeconds(2)))
                .noneMatch(line -> line.chars().anyMatch(Character::isISOControl));
    }

    @Test
    void an_event_heard_twice_changes_nothing() {
        var once = orders(Map.of());
        var twice = orders(Map.of());
        twice.apply(event("extract", "succeeded", 1, 3, "", "w1"));

        var now = START.plusSeconds(12);
        assertThat(Frame.lines(twice, UNICODE, 80, 24, now)).isEqualTo(Frame.lines(once, UNICODE, 80, 24, now));
    }

    private static LiveRun orders(Map<String, Duration> expected) {
        var run = new LiveRun(
                "1",
                "orders",
                START,
                List.of(
                        new LiveStep("extract", List.of(), 1, true),
                        new LiveStep("load", List.of("extract"), 3, true),
                        new LiveStep("quality", List.of("extract"), 1, true),
                        new LiveStep("report", List.of("load", "quality"), 1, true),
                        new LiveStep("on-failure.page", List.of(), 1, false)),
                expected);
        run.apply(
                new RunEvent(
                        JsonMapper.shared()
                                .readTree(
                                        "{\"seq\": 1, \"at\": \"2026-01-01T00:00:00Z\", \"type\": \"run-state\", \"to\": \"running\"}")));
        run.apply(event("extract", "running", 1, 1, "", "w1"));
        run.apply(event("extract", "succeeded", 1, 3, "", "w1"));
        run.apply(event("load", "running", 2, 3, "", "w1"));
        run.apply(event("quality", "waiting", 1, 5, "asks again at 00:01", ""));
        run.log("load", -1, "copied 3 of 9");
        return run;
    }

    private static RunEvent instance(String step, int index, String to, String reason) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("at", START.plusSeconds(1).toString()).put("step", step).put("index", index);
        return new RunEvent(json.put("to", to).put("reason", reason));
    }

    private static RunEvent event(String step, String to, int attempt, int second, String reason, String worker) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("at", START.plusSeconds(second).toString()).put("step", step).put("attempt", attempt);
        json.put("to", to).put("reason", reason);
        json.putObject("data").put("worker", worker);
        return new RunEvent(json);
    }
}
