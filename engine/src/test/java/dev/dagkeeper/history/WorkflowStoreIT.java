package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.WorkflowStore.FileRef;
import dev.dagkeeper.history.WorkflowStore.NewRevision;
import dev.dagkeeper.history.WorkflowStore.Outcome;
import dev.dagkeeper.history.WorkflowStore.Outcome.Stored;
import dev.dagkeeper.history.WorkflowStore.RevisionSummary;
import dev.dagkeeper.history.WorkflowStore.WorkflowName;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkflowStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    private WorkflowStore workflows;
    private FileStore files;

    @BeforeAll
    void open() {
        var api = POSTGRES.open(Role.API);
        workflows = api.workflows();
        files = api.files();
    }

    private static NewRevision revision(String workflow, String source, FileRef... files) {
        return new NewRevision("default", workflow, source, List.of(files));
    }

    private static Stored stored(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Stored.class);
        return (Stored) outcome;
    }

    private FileRef file(String path, String content) {
        return new FileRef(path, files.put(content.getBytes(StandardCharsets.UTF_8)), content.length(), true);
    }

    @Test
    void the_same_content_is_the_same_revision() {
        var first = stored(workflows.store(revision("same", "a: 1")));
        var second = stored(workflows.store(revision("same", "a: 2")));
        var again = stored(workflows.store(revision("same", "a: 1")));
        assertThat(first.created()).isTrue();
        assertThat(second.revision().number()).isEqualTo(2);
        assertThat(again.created()).isFalse();
        assertThat(again.revision()).isEqualTo(first.revision());
        assertThat(workflows.history("default", "same", Optional.empty(), 10))
                .containsExactly(second.revision(), first.revision());
        assertThat(workflows.history("default", "same", Optional.of(2), 10)).containsExactly(first.revision());
        assertThat(workflows.revision(second.revision().id()).orElseThrow().source())
                .isEqualTo("a: 2");
        assertThat(workflows.revision("default", "same", 1).orElseThrow().source())
                .isEqualTo("a: 1");
        assertThat(workflows.revision("other", "same", 1)).isEmpty();
    }

    @Test
    void only_a_deploy_changes_what_the_name_means() {
        workflows.store(revision("deployed", "a: 1"));
        assertThat(workflows.deployed("default", "deployed")).isEmpty();
        var second = stored(workflows.deploy(revision("deployed", "a: 2"), List.of()));
        assertThat(second.previouslyDeployed()).isEmpty();
        assertThat(second.revision().deployed()).isTrue();
        workflows.store(revision("deployed", "a: 3"));
        assertThat(workflows.deployed("default", "deployed").orElseThrow().source())
                .isEqualTo("a: 2");
        var back = stored(workflows.deploy(revision("deployed", "a: 1"), List.of()));
        assertThat(back.revision().number()).isEqualTo(1);
        assertThat(back.previouslyDeployed()).contains(2);
        assertThat(workflows.deployed("default", "deployed").orElseThrow().source())
                .isEqualTo("a: 1");
        assertThat(workflows.history("default", "deployed", Optional.empty(), 10))
                .extracting(RevisionSummary::deployed)
                .containsExactly(false, false, true);
    }

    @Test
    void files_belong_to_the_content_and_come_back_with_the_revision() {
        var script = file("bin/x.sh", "echo");
        var data = file("data.csv", "1,2");
        var with = stored(workflows.store(revision("filed", "a: 1", script, data)));
        var without = stored(workflows.store(revision("filed", "a: 1")));
        var notExecutable = new FileRef("bin/x.sh", script.sha256(), script.size(), false);
        var other = stored(workflows.store(revision("filed", "a: 1", notExecutable, data)));
        assertThat(Set.of(
                        with.revision().hash(),
                        without.revision().hash(),
                        other.revision().hash()))
                .hasSize(3);
        assertThat(stored(workflows.store(revision("filed", "a: 1", data, script)))
                        .revision())
                .isEqualTo(with.revision());
        assertThat(workflows.revision(with.revision().id()).orElseThrow().files())
                .containsExactly(script, data);
    }

    @Test
    void a_revision_with_a_missing_file_is_not_stored() {
        var missing = "0".repeat(64);
        var there = file("there", "there");
        assertThat(workflows.deploy(revision("missing", "a: 1", there, new FileRef("x", missing, 1, false)), List.of()))
                .isEqualTo(new Outcome.MissingFiles(Set.of(missing)));
        assertThat(workflows.history("default", "missing", Optional.empty(), 10))
                .isEmpty();
    }

    @Test
    void revisions_stored_at_once_are_numbered_without_gap() throws Exception {
        try (var threads = Executors.newFixedThreadPool(6)) {
            var stores = IntStream.range(0, 12)
                    .mapToObj(i -> (Callable<Outcome>) () -> workflows.store(revision("busy", "a: " + i % 6)))
                    .toList();
            var numbers = new HashSet<Integer>();
            for (var future : threads.invokeAll(stores)) {
                numbers.add(stored(future.get()).revision().number());
            }
            assertThat(numbers).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void deployed_workflows_are_listed_in_order_of_their_names_page_by_page() {
        for (var name : List.of("c", "a", "b")) {
            workflows.deploy(new NewRevision("listed", name, "x: 1", List.of()), List.of());
        }
        workflows.store(new NewRevision("listed", "ad_hoc", "x: 1", List.of()));
        var first = workflows.list(Optional.of("listed"), Optional.empty(), 2);
        assertThat(first).extracting(RevisionSummary::workflow).containsExactly("a", "b");
        assertThat(workflows.list(Optional.of("listed"), Optional.of(new WorkflowName("listed", "b")), 2))
                .extracting(RevisionSummary::workflow)
                .containsExactly("c");
        assertThat(workflows.list(Optional.empty(), Optional.empty(), 500)).containsAll(first);
    }

    @Test
    void a_content_is_stored_once_and_comes_back_byte_by_byte() {
        var content = new byte[100_000];
        new java.util.Random(7).nextBytes(content);
        var hash = files.put(content);
        assertThat(files.put(content)).isEqualTo(hash);
        assertThat(files.get(hash))
                .hasValueSatisfying(stored -> assertThat(stored).isEqualTo(content));
        assertThat(files.get("f".repeat(64))).isEmpty();
        assertThat(files.missing(List.of(hash, "f".repeat(64)))).containsExactly("f".repeat(64));
        assertThatThrownBy(() -> files.put(new byte[FileStore.MAX_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
