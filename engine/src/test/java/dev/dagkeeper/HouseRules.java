package dev.dagkeeper;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.concurrent.TimeUnit;

/** What no class of any module may do. */
public final class HouseRules {
    private static final ArchRule NOBODY_READS_THE_MACHINES_CLOCK = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time is the database's, by an injected java.time.InstantSource; the monotonic clock is free");

    private static final ArchRule NOBODY_SLEEPS = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class)
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class)
            .because("whoever waits must be woken by what it waits for, or by being closed");

    private static final ArchRule NOBODY_PRINTS_STACK_TRACES = noClasses()
            .should()
            .callMethod(Throwable.class, "printStackTrace")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace", PrintStream.class)
            .because("errors go to the log, or to the user in words");

    private static final ArchRule PACKAGES_ARE_NAMED_AFTER_FEATURES = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..helper..", "..helpers..")
            .because("packages are by feature");

    /** All of them. */
    public static final ArchRule ALL = CompositeArchRule.of(NOBODY_READS_THE_MACHINES_CLOCK)
            .and(NOBODY_SLEEPS)
            .and(NOBODY_PRINTS_STACK_TRACES)
            .and(PACKAGES_ARE_NAMED_AFTER_FEATURES);

    private HouseRules() {}

    /** Leaves out test classes, also those that come in a jar. */
    public static final class NoTests implements ImportOption {
        private final ImportOption compiled = new ImportOption.DoNotIncludeTests();

        @Override
        public boolean includes(Location location) {
            return compiled.includes(location) && !location.contains("-tests.jar");
        }
    }
}
