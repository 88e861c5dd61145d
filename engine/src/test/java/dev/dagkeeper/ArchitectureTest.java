package dev.dagkeeper;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import dev.dagkeeper.run.RunId;
import java.util.Set;

/** Which package may know which, and what none may do. */
@AnalyzeClasses(locations = ArchitectureTest.EngineClasses.class)
class ArchitectureTest {
    /** This module's own classes, whatever else is on the class path: its tests, or modules above it. */
    static final class EngineClasses implements LocationProvider {
        @Override
        public Set<Location> get(Class<?> testClass) {
            return Set.of(Location.of(
                    RunId.class.getProtectionDomain().getCodeSource().getLocation()));
        }
    }

    private static final String[] ABOVE = {
        "dev.dagkeeper.executors..", "dev.dagkeeper.api..", "dev.dagkeeper.examples.."
    };

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NOTHING_OF_WHAT_IS_BUILT_ON_IT = noClasses()
            .that()
            .resideOutsideOfPackages(ABOVE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ABOVE);

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_STORE = noClasses()
            .that()
            .resideInAnyPackage("dev.dagkeeper.workflow..", "dev.dagkeeper.run..", "dev.dagkeeper.schedule..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..",
                    "javax.sql..",
                    "org.jdbi..",
                    "org.apache.curator..",
                    "org.apache.zookeeper..",
                    "dev.dagkeeper.history..",
                    "dev.dagkeeper.cluster..",
                    "dev.dagkeeper.queue..",
                    "dev.dagkeeper.master..",
                    "dev.dagkeeper.worker..",
                    "dev.dagkeeper.embedded..");

    @ArchTest
    static final ArchRule THE_CORE_ASKS_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage("dev.dagkeeper.workflow..", "dev.dagkeeper.run..", "dev.dagkeeper.schedule..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.InstantSource")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule THE_LANGUAGE_KNOWS_NOTHING_OF_RUNS_BUT_THE_STATES = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.workflow..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.dagkeeper.run..").and(not(simpleName("StepState"))));

    @ArchTest
    static final ArchRule SCHEDULES_KNOW_THE_LANGUAGE_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.schedule..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.dagkeeper..")
                    .and(not(resideInAnyPackage("dev.dagkeeper.schedule..", "dev.dagkeeper.workflow.."))));

    @ArchTest
    static final ArchRule THE_LANGUAGE_KNOWS_NO_FIRES = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.workflow..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.dagkeeper.schedule..");

    @ArchTest
    static final ArchRule THE_HISTORY_KNOWS_NO_ZOOKEEPER = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.history..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.curator..",
                    "org.apache.zookeeper..",
                    "dev.dagkeeper.cluster..",
                    "dev.dagkeeper.queue..",
                    "dev.dagkeeper.master..",
                    "dev.dagkeeper.worker..");

    @ArchTest
    static final ArchRule CLUSTER_AND_QUEUE_KNOW_NO_POSTGRES = noClasses()
            .that()
            .resideInAnyPackage("dev.dagkeeper.cluster..", "dev.dagkeeper.queue..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..", "dev.dagkeeper.history..", "dev.dagkeeper.master..", "dev.dagkeeper.worker..");

    @ArchTest
    static final ArchRule CLUSTER_KNOWS_NO_QUEUE = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.cluster..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.dagkeeper.queue..", "dev.dagkeeper.run..", "dev.dagkeeper.workflow..");

    @ArchTest
    static final ArchRule THE_LEADER_AND_THE_WORKER_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.master..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.dagkeeper.worker..");

    @ArchTest
    static final ArchRule THE_WORKER_DOES_NOT_KNOW_THE_LEADER = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.worker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.dagkeeper.master..");

    @ArchTest
    static final ArchRule ALERTS_ARE_SENT_BY_WHAT_KNOWS_ONLY_THE_HISTORY = noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.alert..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dagkeeper.master..",
                    "dev.dagkeeper.worker..",
                    "dev.dagkeeper.cluster..",
                    "dev.dagkeeper.queue..");

    @ArchTest
    static final ArchRule SQL_STAYS_WITH_THE_HISTORY = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.dagkeeper.history..", "dev.dagkeeper.executors.sql..", "dev.dagkeeper.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.jdbi..", "com.zaxxer..");

    @ArchTest
    static final ArchRule HOUSE_RULES = HouseRules.ALL;
}
