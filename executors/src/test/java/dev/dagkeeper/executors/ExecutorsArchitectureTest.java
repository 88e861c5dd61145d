package dev.dagkeeper.executors;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.dagkeeper.HouseRules;

/** Which package may know which, and what none may do. */
@AnalyzeClasses(packages = "dev.dagkeeper.executors", importOptions = HouseRules.NoTests.class)
class ExecutorsArchitectureTest {
    @ArchTest
    static final ArchRule HOUSE_RULES = HouseRules.ALL;

    /** An executor sees a step and what it is lent, never a store or the cluster. */
    @ArchTest
    static final ArchRule EXECUTORS_KNOW_ONLY_THEIR_INTERFACE = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dagkeeper.api..",
                    "dev.dagkeeper.history..",
                    "dev.dagkeeper.cluster..",
                    "dev.dagkeeper.queue..",
                    "dev.dagkeeper.master..",
                    "dev.dagkeeper.worker..",
                    "dev.dagkeeper.embedded..");
}
