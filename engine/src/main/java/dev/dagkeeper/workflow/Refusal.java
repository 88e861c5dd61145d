package dev.dagkeeper.workflow;

import java.util.List;
import java.util.Optional;

/** Why a workflow that is correct cannot be run by this version. */
public final class Refusal {
    private Refusal() {}

    /** One problem for each thing that the workflow asks for and the engine does not carry out yet; mostly none. */
    public static List<Problem> of(Workflow workflow, String file) {
        return workflow.reserved().stream()
                .map(reserved -> new Problem(
                        Code.NOT_CARRIED_OUT.id(),
                        file,
                        reserved.line(),
                        reserved.column(),
                        1,
                        "",
                        reserved.what() + ": correct, but not carried out by this version of dagkeeper",
                        Optional.of("a run without it would not be what the workflow says, so it is refused")))
                .toList();
    }
}
