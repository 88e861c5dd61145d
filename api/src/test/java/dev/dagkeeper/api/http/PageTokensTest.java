package dev.dagkeeper.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.history.AlertStore;
import dev.dagkeeper.history.ScheduleStore.TriggerName;
import dev.dagkeeper.history.WorkflowStore.WorkflowName;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTokensTest {
    private static final RunId RUN = RunId.parse("01890000-0000-7000-8000-000000000001");

    @Test
    void a_token_leads_back_to_what_it_was_made_of() {
        var step = new StepKey(RUN, 12, StepKey.WHOLE);
        var name = new WorkflowName("ns", "orders");

        assertThat(PageTokens.run(query(PageTokens.of(RUN)))).contains(RUN);
        assertThat(PageTokens.step(query(PageTokens.of(step)), RUN)).contains(step);
        assertThat(PageTokens.workflow(query(PageTokens.of(name)))).contains(name);
        var trigger = new TriggerName("ns", "orders", "nightly");
        assertThat(PageTokens.trigger(query(PageTokens.of(trigger)))).contains(trigger);
        var fire = Instant.parse("2026-11-25T02:30:00.001Z");
        assertThat(PageTokens.fire(query(PageTokens.of(fire)))).contains(fire);
        assertThat(PageTokens.lock(query(PageTokens.ofLock(step)))).contains(step);
        var alert = new AlertStore.Place(Instant.parse("2026-11-25T06:00:00.123456Z"), RUN.value());
        assertThat(PageTokens.alert(query(PageTokens.of(alert)))).contains(alert);
        var place = new ClusterView.Place(-3, step, "a worker~0123456789ab");
        assertThat(PageTokens.place(query(PageTokens.of(place)))).contains(place);
    }

    @Test
    void a_token_of_another_list_is_refused() {
        for (var token : List.of("x", "%%%", PageTokens.of(new WorkflowName("a", "b")), PageTokens.of(RUN) + "AA")) {
            assertThatThrownBy(() -> PageTokens.run(query(token)))
                    .as(token)
                    .hasMessageContaining("not a pageToken of this list");
            assertThatThrownBy(() -> PageTokens.trigger(query(token)))
                    .as(token)
                    .hasMessageContaining("not a pageToken of this list");
            assertThatThrownBy(() -> PageTokens.fire(query(token)))
                    .as(token)
                    .hasMessageContaining("not a pageToken of this list");
        }
        assertThatThrownBy(() -> PageTokens.place(query(PageTokens.ofLock(new StepKey(RUN, 1, 2)))))
                .hasMessageContaining("not a pageToken of this list");
        assertThatThrownBy(() -> PageTokens.alert(query(PageTokens.of(RUN))))
                .hasMessageContaining("not a pageToken of this list");
        assertThatThrownBy(() -> PageTokens.step(query(PageTokens.of(RUN)), RUN))
                .hasMessageContaining("not a pageToken of this list");
    }

    private static Parameters query(String token) {
        return Parameters.of(Map.of("pageToken", List.of(token)), List.of("pageToken"));
    }
}
