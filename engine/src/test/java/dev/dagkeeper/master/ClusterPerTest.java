package dev.dagkeeper.master;

import dev.dagkeeper.history.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A cluster without nodes for each test, in a part of ZooKeeper of its own and on a Postgres without any run: what an earlier
 * test left behind is nothing to it. Lifecycle and test methods take it as a parameter; afterwards it is disbanded.
 *
 * <pre>{@code
 * @RegisterExtension
 * final ClusterPerTest clusters = new ClusterPerTest(ZOOKEEPER::connectString, POSTGRES);
 *
 * @BeforeEach
 * void form(TestCluster formed) {
 *     cluster = formed;
 * }
 * }</pre>
 */
final class ClusterPerTest implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace FORMED = ExtensionContext.Namespace.create(ClusterPerTest.class);

    private final Supplier<String> zooKeeper;
    private final TestPostgres postgres;

    private record Formed(TestCluster cluster, Path directory) {}

    /** @param zooKeeper a server, and the root of the test class in it if there is one */
    ClusterPerTest(Supplier<String> zooKeeper, TestPostgres postgres) {
        this.zooKeeper = zooKeeper;
        this.postgres = postgres;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        postgres.execute(
                "TRUNCATE run, step, attempt, event, command, fire, trigger_cursor, trigger, alert, alert_delivery");
        var directory = Files.createTempDirectory("dagkeeper-cluster");
        var cluster = new TestCluster(zooKeeper.get() + "/" + UUID.randomUUID(), postgres::settings, directory);
        context.getStore(FORMED).put(Formed.class, new Formed(cluster, directory));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        var formed = context.getStore(FORMED).remove(Formed.class, Formed.class);
        if (formed == null) {
            return;
        }
        formed.cluster().disband();
        try (var left = Files.walk(formed.directory())) {
            for (var path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return Objects.requireNonNull(context.getStore(FORMED).get(Formed.class, Formed.class))
                .cluster();
    }
}
