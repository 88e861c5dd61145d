package dev.dagkeeper.api;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.dagkeeper.HouseRules;

/** Which package may know which, and what none may do. */
@AnalyzeClasses(packages = "dev.dagkeeper.api", importOptions = HouseRules.NoTests.class)
class ApiArchitectureTest {
    @ArchTest
    static final ArchRule HOUSE_RULES = HouseRules.ALL;

    /** Only the wiring knows all: HTTP, the client and the command line know neither masters nor workers. */
    @ArchTest
    static final ArchRule ONLY_THE_WIRING_KNOWS_THE_ROLES = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage("dev.dagkeeper.api.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.dagkeeper.cluster..",
                    "dev.dagkeeper.queue..",
                    "dev.dagkeeper.master..",
                    "dev.dagkeeper.worker..");

    @ArchTest
    static final ArchRule THE_CLIENT_KNOWS_ONLY_HTTP = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.dagkeeper.api.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.dagkeeper.history..", "dev.dagkeeper.api.http..", "dev.dagkeeper.api.server..");
}
