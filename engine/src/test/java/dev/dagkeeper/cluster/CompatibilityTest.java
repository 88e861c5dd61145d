package dev.dagkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompatibilityTest {
    private static final Protocol ONE = new Protocol(1, 1);
    private static final Protocol ONE_TO_TWO = new Protocol(1, 2);

    @Test
    void a_worker_and_a_leader_that_understand_each_other_work_together_whichever_is_newer() {
        assertThat(Compatibility.objectionToWorker(ONE_TO_TWO, 1)).isEmpty();
        assertThat(Compatibility.objectionToWorker(ONE_TO_TWO, 2)).isEmpty();
    }

    @Test
    void the_worker_goes_whichever_of_the_two_is_older_and_hears_what_to_upgrade() {
        assertThat(Compatibility.objectionToWorker(new Protocol(2, 3), 1))
                .contains(
                        "its worker's protocol 1 is older than 2..3, with which the leader works; upgrade this process");
        assertThat(Compatibility.objectionToWorker(ONE, 2))
                .contains(
                        "its worker's protocol 2 is newer than 1, with which the leader works; upgrade the masters first,"
                                + " then the workers");
    }

    @Test
    void a_master_is_a_candidate_beside_any_leader_but_one_that_does_not_work_with_what_it_works_with_any_more() {
        assertThat(Compatibility.objectionToCandidate(ONE, ONE)).isEmpty();
        assertThat(Compatibility.objectionToCandidate(ONE_TO_TWO, ONE)).isEmpty();
        assertThat(Compatibility.objectionToCandidate(ONE, new Protocol(2, 2))).isEmpty();
        assertThat(Compatibility.objectionToCandidate(new Protocol(2, 3), ONE))
                .hasValueSatisfying(why -> assertThat(why).contains("protocol 1 ", "2..3", "upgrade this process"));
    }

    @Test
    void a_master_does_not_lead_newer_workers_that_the_leader_before_accepted() {
        assertThat(Compatibility.objectionToLead(ONE_TO_TWO, ONE, List.of(worker("a", 1), worker("b", 2))))
                .hasValueSatisfying(why ->
                        assertThat(why).contains("protocol 1 ", "a worker ", "b speaks 2", "upgrade this process"));
        assertThat(Compatibility.objectionToLead(ONE_TO_TWO, ONE, List.of(worker("a", 2), worker("b", 2))))
                .hasValueSatisfying(why -> assertThat(why).contains("2 workers"));
    }

    @Test
    void a_master_leads_where_newer_workers_were_never_accepted_or_are_about_to_leave_or_older_ones_are_left() {
        assertThat(Compatibility.objectionToLead(ONE_TO_TWO, ONE, List.of(worker("a", 1))))
                .isEmpty();
        assertThat(Compatibility.objectionToLead(ONE, ONE, List.of(worker("a", 2))))
                .isEmpty();
        assertThat(Compatibility.objectionToLead(ONE_TO_TWO, ONE, List.of(stopping("a", 2))))
                .isEmpty();
        assertThat(Compatibility.objectionToLead(ONE_TO_TWO, new Protocol(2, 3), List.of(worker("a", 1))))
                .isEmpty();
    }

    private static Member worker(String name, int protocol) {
        return new Member(name + "~1", info(name, protocol));
    }

    private static Member stopping(String name, int protocol) {
        return new Member(name + "~1", info(name, protocol).whenStopping());
    }

    private static WorkerInfo info(String name, int protocol) {
        return new WorkerInfo(name, "p", 1, List.of("default"), WorkerInfo.Offer.NOTHING, "test", protocol, false);
    }
}
