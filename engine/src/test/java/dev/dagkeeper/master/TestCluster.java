package dev.dagkeeper.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.cluster.Bells;
import dev.dagkeeper.cluster.Paths;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.cluster.ZooKeeperConnection;
import dev.dagkeeper.cluster.ZooKeeperSettings;
import dev.dagkeeper.history.Database;
import dev.dagkeeper.history.DatabaseClock;
import dev.dagkeeper.history.DatabaseSettings;
import dev.dagkeeper.history.DatabaseSettings.Role;
import dev.dagkeeper.history.NewRun;
import dev.dagkeeper.history.RunIds;
import dev.dagkeeper.history.RunStore.StoredAttempt;
import dev.dagkeeper.history.RunStore.StoredRun;
import dev.dagkeeper.history.RunStore.StoredStep;
import dev.dagkeeper.history.ScheduleStore;
import dev.dagkeeper.history.WorkflowStore;
import dev.dagkeeper.run.RunId;
import dev.dagkeeper.run.StepState;
import dev.dagkeeper.schedule.ScheduleJson;
import dev.dagkeeper.settings.LiveSettings;
import dev.dagkeeper.workflow.Limits;
import dev.dagkeeper.workflow.RememberingCompiler;
import dev.dagkeeper.workflow.Scope;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import dev.dagkeeper.workflow.YamlWorkflowCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** Masters and workers in one JVM over real stores, and what the api does: submitting, commanding and looking. */
final class TestCluster {
    static final Duration MASTER_SESSION = Duration.ofSeconds(2);
    static final Duration WORKER_SESSION = Duration.ofSeconds(2);

    private final String zooKeeperAddress;
    private final Function<Role, DatabaseSettings> postgres;
    private final Path directory;
    private final Script script = new Script();
    private final WorkflowCompiler compiler =
            new RememberingCompiler(new YamlWorkflowCompiler(Script.types(), Limits.DEFAULT));
    private final List<TestNode> nodes = new ArrayList<>();
    private final ZooKeeperConnection zooKeeper;
    private final Database database;
    private final DatabaseClock clock;

    /** @param zooKeeperAddress {@code host:port/chroot}; the chroot exists or is made */
    TestCluster(String zooKeeperAddress, Function<Role, DatabaseSettings> postgres, Path directory) throws Exception {
        this.zooKeeperAddress = zooKeeperAddress;
        this.postgres = postgres;
        this.directory = directory;
        makeChroot(zooKeeperAddress);
        zooKeeper = ZooKeeperConnection.open(ZooKeeperSettings.open(zooKeeperAddress), Duration.ofSeconds(4), "api");
        assertThat(zooKeeper.awaitConnected(Promised.EVENTUALLY)).isTrue();
        database = Database.open(postgres.apply(Role.API));
        clock = DatabaseClock.start(database);
    }

    /** Makes the chroot of an address. */
    static void makeChroot(String address) throws InterruptedException {
        int slash = address.indexOf('/');
        try (var root = ZooKeeperConnection.open(
                ZooKeeperSettings.open(address.substring(0, slash)), Duration.ofSeconds(4), "chroot")) {
            assertThat(root.awaitConnected(Promised.EVENTUALLY)).isTrue();
            root.ensureExists(address.substring(slash));
        }
    }

    String zooKeeperAddress() {
        return zooKeeperAddress;
    }

    DatabaseSettings postgres(Role role) {
        return postgres.apply(role);
    }

    ZooKeeperConnection zooKeeper() {
        return zooKeeper;
    }

    Database database() {
        return database;
    }

    Script script() {
        return script;
    }

    Workflows workflows(Database from) {
        var known = new ConcurrentHashMap<Long, Workflow>();
        return id -> Optional.ofNullable(known.get(id))
                .or(() -> from.workflows()
                        .revision(id)
                        .map(revision -> compile(revision.source()))
                        .map(workflow -> {
                            known.put(id, workflow);
                            return workflow;
                        }));
    }

    private Workflow compile(String yaml) {
        return switch (compiler.compile("test", yaml.getBytes(StandardCharsets.UTF_8))) {
            case Compilation.Accepted(var workflow, var _) -> workflow;
            case Compilation.Rejected(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    TestNode master(String name) throws Exception {
        return add(TestNode.master(this, name));
    }

    TestNode worker(String name, int slots, String... queues) throws Exception {
        var served = queues.length == 0 ? List.of("default") : List.of(queues);
        return worker(name, slots, served, WorkerInfo.Offer.NOTHING);
    }

    TestNode worker(String name, int slots, WorkerInfo.Offer offer) throws Exception {
        return worker(name, slots, List.of("default"), offer);
    }

    private TestNode worker(String name, int slots, List<String> queues, WorkerInfo.Offer offer) throws Exception {
        return add(TestNode.worker(this, directory.resolve(name + "-" + nodes.size()), name, slots, queues, offer));
    }

    private TestNode add(TestNode node) {
        nodes.add(node);
        return node;
    }

    /** Sets the pools, for all masters there are by now. */
    void pools(Map<String, Integer> slots) {
        var defaults = LiveSettings.DEFAULT;
        var live = new LiveSettings(
                defaults.slots(),
                defaults.workerSlots(),
                defaults.prefetch(),
                defaults.maxSteps(),
                defaults.retentionDays(),
                defaults.logLevel(),
                slots);
        nodes.forEach(node -> node.settingsAre(live));
    }

    /** What a run carries out. */
    Workflow workflow(RunId run) {
        var revision = database.runs().find(run).orElseThrow().header().revisionId();
        return workflows(database).find(revision).orElseThrow();
    }

    /** Stores a run of the steps, indented by two, and rings. */
    RunId submit(String steps) {
        return submit("", steps);
    }

    /** As {@link #submit(String)}, with further top-level keys. */
    RunId submit(String keys, String steps) {
        return submit("test", keys, steps);
    }

    /** As {@link #submit(String, String)}, of a workflow with that name. */
    RunId submit(String name, String keys, String steps) {
        var source = "version: 1\nname: " + name + "\n" + keys + "steps:\n" + steps.indent(2);
        var workflow = compile(source);
        var stored = (WorkflowStore.Outcome.Stored) database.workflows()
                .store(new WorkflowStore.NewRevision(workflow.namespace(), workflow.name(), source, List.of()));
        var id = new RunIds(clock).next();
        var now = clock.instant();
        var facts = new Scope.RunFacts(
                id.toString(), workflow.name(), stored.revision().number(), now, now, now, "");
        var run = NewRun.of(workflow, id, stored.revision().id(), facts, Map.of(), now);
        assertThat(database.runs().create(run)).isInstanceOf(NewRun.Outcome.Created.class);
        new Bells(zooKeeper).ring(Bells.RUNS);
        return id;
    }

    /** Deploys a workflow with these triggers and steps, both indented by two, and rings. */
    void deploy(String name, String triggers, String steps, String... keys) {
        store(name, triggers, steps, keys);
        ringTriggers();
    }

    /** As {@link #deploy}, while nobody listens. */
    void store(String name, String triggers, String steps, String... keys) {
        var source = "version: 1\nname: " + name + "\n" + (triggers.isEmpty() ? "" : "triggers:\n" + triggers.indent(2))
                + String.join("", keys) + "steps:\n" + steps.indent(2);
        var workflow = compile(source);
        var rows = workflow.triggers().stream()
                .map(trigger -> new WorkflowStore.NewTrigger(trigger.id(), ScheduleJson.write(trigger.schedule())))
                .toList();
        assertThat(database.workflows()
                        .deploy(new WorkflowStore.NewRevision(workflow.namespace(), name, source, List.of()), rows))
                .isInstanceOf(WorkflowStore.Outcome.Stored.class);
    }

    void undeploy(String name) {
        database.workflows().undeploy("default", name);
        ringTriggers();
    }

    /** Rings for triggers. */
    void ringTriggers() {
        new Bells(zooKeeper).ring(Bells.TRIGGERS);
    }

    /** Rings for updates of datasets. */
    void ringDatasets() {
        new Bells(zooKeeper).ring(Bells.DATASETS);
    }

    /** What came of the fires of a trigger so far, oldest first. */
    List<ScheduleStore.FireView> fires(String workflow, String trigger) {
        var name = new ScheduleStore.TriggerName("default", workflow, trigger);
        return database.schedules()
                .fires(new ScheduleStore.FireFilter(name, Set.of(), Optional.empty(), Optional.empty(), 500))
                .reversed();
    }

    /** A trigger as it is stored. */
    ScheduleStore.TriggerView trigger(String workflow, String trigger) {
        return database.schedules()
                .find(new ScheduleStore.TriggerName("default", workflow, trigger))
                .orElseThrow();
    }

    /** Asks for {@code cancel} or {@code kill} and rings. */
    void command(RunId run, String kind) {
        database.commands().add(run, kind, "test");
        ringCommands();
    }

    /** As an operator does. */
    void drain(String worker) {
        database.drains().drain(worker, "test");
        new Bells(zooKeeper).ring(Bells.WORKERS);
    }

    /** As an operator does. */
    void resume(String worker) {
        database.drains().resume(worker);
        new Bells(zooKeeper).ring(Bells.WORKERS);
    }

    /** Items in the inboxes of all incarnations of a worker. */
    int inbox(String worker) {
        return zooKeeper.children(Paths.QUEUE).stream()
                .filter(incarnation -> incarnation.startsWith(worker + "~"))
                .mapToInt(incarnation ->
                        zooKeeper.children(Paths.inbox(incarnation)).size())
                .sum();
    }

    void ringCommands() {
        new Bells(zooKeeper).ring(Bells.COMMANDS);
    }

    /** Waits for the run to be final. */
    StoredRun awaitEnd(RunId run) {
        return await("end of run " + run)
                .atMost(Promised.EVENTUALLY)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> database.runs().find(run).orElseThrow(),
                        found -> found.state().isFinal());
    }

    /** Waits for a step to be in a state. */
    StoredStep awaitStep(RunId run, String step, StepState state) {
        return awaitStep(run, step, found -> found.state() == state);
    }

    StoredStep awaitStep(RunId run, String step, Predicate<StoredStep> condition) {
        return await(step + " of run " + run)
                .atMost(Promised.EVENTUALLY)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> step(run, step), condition);
    }

    StoredStep step(RunId run, String step) {
        return database.runs().step(run, step).getFirst();
    }

    List<StoredAttempt> attempts(RunId run, String step) {
        return database.runs().attempts(run, step);
    }

    /** Waits until so many attempts of a step were begun; returns where the last of them was. */
    String awaitStart(RunId run, String step, int count) {
        await(step + " begun " + count + " times")
                .atMost(Promised.EVENTUALLY)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> script.starts(run, step).size() >= count);
        return script.starts(run, step).get(count - 1).worker();
    }

    /** Ends all nodes at once, with their ways restored. */
    void disband() throws Exception {
        nodes.forEach(node -> {
            node.zooKeeperWay().restore();
            node.postgresWay().restore();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var closed = new ArrayList<Future<?>>();
            for (var node : nodes) {
                closed.add(threads.submit(() -> {
                    node.close();
                    return null;
                }));
            }
            for (var node : closed) {
                node.get(60, TimeUnit.SECONDS);
            }
        }
        database.close();
        zooKeeper.close();
    }
}
