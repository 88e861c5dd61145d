package dev.dagkeeper.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Coordination.Node;
import dev.dagkeeper.cluster.Coordination.SessionEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What leaders and workers rely on in {@link Coordination}, whatever is behind it: the simulation is worth something only as long
 * as its memory behaves as ZooKeeper does.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CoordinationContract {
    private final AtomicInteger tests = new AtomicInteger();
    private Coordination client;
    private String base = "";

    /** Another client with a session of its own, connected; ended after the class. */
    protected abstract Coordination connect() throws Exception;

    /** Ends the session of a client, which then finds itself another. */
    protected abstract void expire(Coordination client) throws Exception;

    @BeforeAll
    void open() throws Exception {
        client = connect();
    }

    @BeforeEach
    void begin() {
        base = "/test-" + tests.incrementAndGet();
        client.ensureExists(base);
    }

    private Op creation(String name, String data) {
        return client.creation(base + name, data.getBytes(UTF_8), CreateMode.PERSISTENT);
    }

    private Op ephemeral(String name) {
        return client.creation(base + name, new byte[0], CreateMode.EPHEMERAL);
    }

    private void done(Op... operations) throws InterruptedException {
        assertThat(client.multi(List.of(operations))).isEqualTo(new MultiResult.Done());
    }

    private void refused(Code cause, Op operation) throws InterruptedException {
        assertThat(client.multi(List.of(operation))).isEqualTo(new MultiResult.Refused(List.of(cause)));
    }

    @Test
    void operations_of_one_multi_see_what_those_before_did() throws Exception {
        done(
                creation("/a", "1"),
                creation("/a/b", "2"),
                Op.setData(base + "/a", "3".getBytes(UTF_8), 0),
                Op.check(base + "/a", 1));
        assertThat(client.read(base + "/a")).contains(new Node("3", 1, 0));
        done(Op.delete(base + "/a/b", -1), Op.delete(base + "/a", 1));
        assertThat(client.read(base + "/a")).isEmpty();
    }

    @Test
    void a_refused_multi_changes_nothing_and_tells_the_place_and_the_cause() throws Exception {
        done(creation("/stays", "1"), creation("/goes", ""));
        var result = client.multi(List.of(
                creation("/new", ""),
                Op.delete(base + "/goes", -1),
                Op.setData(base + "/stays", "2".getBytes(UTF_8), -1),
                Op.check(base + "/missing", -1),
                creation("/later", "")));
        assertThat(result)
                .isEqualTo(new MultiResult.Refused(
                        List.of(Code.OK, Code.OK, Code.OK, Code.NONODE, Code.RUNTIMEINCONSISTENCY)));
        assertThat(client.children(base)).containsExactlyInAnyOrder("stays", "goes");
        assertThat(client.read(base + "/stays")).contains(new Node("1", 0, 0));
        done(creation("/new", ""));
    }

    @Test
    void each_operation_is_refused_for_its_own_cause() throws Exception {
        done(creation("/parent", ""), creation("/parent/child", ""), ephemeral("/ephemeral"));
        refused(Code.NODEEXISTS, creation("/parent", ""));
        refused(Code.NONODE, creation("/missing/child", ""));
        refused(Code.NOCHILDRENFOREPHEMERALS, creation("/ephemeral/child", ""));
        refused(Code.NOTEMPTY, Op.delete(base + "/parent", -1));
        refused(Code.BADVERSION, Op.delete(base + "/parent", 5));
        refused(Code.NONODE, Op.delete(base + "/missing", -1));
        refused(Code.BADVERSION, Op.setData(base + "/parent", new byte[0], 5));
        refused(Code.NONODE, Op.setData(base + "/missing", new byte[0], -1));
        refused(Code.BADVERSION, Op.check(base + "/parent", 5));
        refused(Code.NONODE, Op.check(base + "/missing", -1));
        done(Op.check(base + "/parent", -1), Op.check(base + "/parent", 0));
    }

    @Test
    void a_node_that_was_made_again_begins_with_version_0() throws Exception {
        done(creation("/a", "1"), Op.setData(base + "/a", new byte[0], -1), Op.setData(base + "/a", new byte[0], -1));
        assertThat(client.read(base + "/a").orElseThrow().version()).isEqualTo(2);
        done(Op.delete(base + "/a", 2), creation("/a", "again"));
        assertThat(client.read(base + "/a")).contains(new Node("again", 0, 0));
    }

    @Test
    void multis_are_carried_out_in_order_each_by_itself() throws Exception {
        var results = client.multis(List.of(
                List.of(creation("/a", "")),
                List.of(creation("/b", ""), creation("/a", "")),
                List.of(creation("/a/c", ""))));
        assertThat(results)
                .containsExactly(
                        new MultiResult.Done(),
                        new MultiResult.Refused(List.of(Code.OK, Code.NODEEXISTS)),
                        new MultiResult.Done());
        assertThat(client.children(base)).containsExactly("a");
    }

    @Test
    void what_is_asked_after_an_unawaited_multi_sees_it() throws Exception {
        var answer = new CompletableFuture<MultiResult>();
        client.multi(List.of(creation("/a", "")), answer::complete);
        assertThat(client.read(base + "/a")).isPresent();
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(new MultiResult.Done());
    }

    @Test
    void several_nodes_are_read_and_listed_at_once_without_those_that_do_not_exist() throws Exception {
        client.ensureExists(base + "/a/b");
        client.ensureExists(base + "/a/b");
        done(creation("/a/c", "data"));
        var paths = List.of(base + "/a", base + "/a/c", base + "/missing");
        assertThat(client.read(paths))
                .isEqualTo(Map.of(base + "/a", new Node("", 0, 0), base + "/a/c", new Node("data", 0, 0)));
        var names = client.children(paths);
        assertThat(names).containsOnlyKeys(base + "/a", base + "/a/c").containsEntry(base + "/a/c", List.of());
        assertThat(names.get(base + "/a")).containsExactlyInAnyOrder("b", "c");
        assertThat(client.children(base + "/missing")).isEmpty();
        assertThat(client.read(base + "/missing")).isEmpty();
    }

    @Test
    void ephemeral_nodes_belong_to_a_session_and_go_with_it() throws Exception {
        var other = connect();
        var mine = other.creation(base + "/mine", new byte[0], CreateMode.EPHEMERAL);
        var stays = other.creation(base + "/stays", new byte[0], CreateMode.PERSISTENT);
        long session = other.sessionId();
        assertThat(other.multi(List.of(mine, stays))).isEqualTo(new MultiResult.Done());
        assertThat(client.read(base + "/mine")).contains(new Node("", 0, session));
        var heard = new Heard();
        client.watch(base, heard);
        heard.await("list");
        expire(other);
        heard.await("list", "deleted /mine");
        assertThat(client.children(base)).containsExactly("stays");
        Awaitility.await().atMost(Promised.EVENTUALLY).until(() -> other.sessionId() != session);
    }

    @Test
    void a_client_hears_that_its_session_ended_and_lists_again_in_the_next() throws Exception {
        var other = connect();
        var events = new CopyOnWriteArrayList<SessionEvent>();
        var heard = new Heard();
        other.watch(base, heard);
        heard.await("list");
        int listed = heard.lists.get();
        try (var _ = other.listen(events::add)) {
            expire(other);
            Awaitility.await()
                    .atMost(Promised.EVENTUALLY)
                    .until(() -> events.contains(SessionEvent.LOST) && events.getLast() == SessionEvent.CONNECTED);
        }
        assertThat(events).containsSubsequence(SessionEvent.SUSPENDED, SessionEvent.LOST, SessionEvent.CONNECTED);
        // Until the watch is set anew nothing is heard, and nobody is told when that is.
        var made = new AtomicInteger();
        Awaitility.await().atMost(Promised.EVENTUALLY).until(() -> {
            done(creation("/a" + made.getAndIncrement(), ""));
            return heard.events.getLast().startsWith("created /a");
        });
        assertThat(heard.lists.get()).isGreaterThan(listed);
    }

    @Test
    void a_watch_tells_of_everything_below_in_order_and_of_nothing_that_was_refused() throws Exception {
        var heard = new Heard();
        var watch = client.watch(base, heard);
        heard.await("list");
        done(creation("/a", ""), creation("/a/b", ""));
        client.multi(List.of(creation("/never", ""), creation("/a", "")));
        done(Op.setData(base + "/a/b", new byte[0], -1));
        done(Op.delete(base + "/a/b", -1), creation("/c", ""));
        heard.await("list", "created /a", "created /a/b", "changed /a/b", "deleted /a/b", "created /c");
        watch.close();
        done(creation("/unheard", ""));
        client.read(base);
        assertThat(heard.events).hasSize(6);
    }

    @Test
    void touching_changes_a_node_or_makes_it() throws Exception {
        client.touch(base + "/bell");
        Awaitility.await()
                .atMost(Promised.EVENTUALLY)
                .until(() -> client.read(base + "/bell").isPresent());
        client.touch(base + "/bell");
        assertThat(client.read(base + "/bell")).contains(new Node("", 1, 0));
    }

    /** What a watch told, in order. */
    private final class Heard implements TreeWatch.Listener {
        private final String root = base;
        private final List<String> events = new CopyOnWriteArrayList<>();
        private final AtomicInteger lists = new AtomicInteger();

        @Override
        public void created(String path) {
            events.add("created " + path.substring(root.length()));
        }

        @Override
        public void deleted(String path) {
            events.add("deleted " + path.substring(root.length()));
        }

        @Override
        public void changed(String path) {
            events.add("changed " + path.substring(root.length()));
        }

        @Override
        public void listAgain() {
            lists.incrementAndGet();
            // Being told twice is as good as once.
            if (events.isEmpty() || !events.getLast().equals("list")) {
                events.add("list");
            }
        }

        void await(String... expected) {
            Awaitility.await()
                    .atMost(Promised.EVENTUALLY)
                    .untilAsserted(() -> assertThat(events).containsExactly(expected));
        }
    }
}
