package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.history.DatabaseSettings.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DrainStoreIT {
    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Test
    void drains_of_starts_that_are_gone_are_forgotten_in_time_those_by_name_and_of_the_living_never() {
        try (var database = Database.openAndMigrate(POSTGRES.settings(Role.API))) {
            var drains = database.drains();
            var gone = drains.drain("w1~0123456789ab", "ops");
            var living = drains.drain("w2~0123456789ab", "ops");
            var named = drains.drain("w3", "ops");
            var livingNow = List.of("w2~0123456789ab", "w4~0123456789ab");

            assertThat(drains.forgetGone(livingNow, gone.since())).isEmpty();
            assertThat(drains.list()).containsExactly(gone, living, named);

            var later = named.since().plus(Duration.ofSeconds(1));
            assertThat(drains.forgetGone(livingNow, later)).containsExactly(gone);
            assertThat(drains.list()).containsExactly(living, named);

            assertThat(drains.forgetGone(List.of(), later)).containsExactly(living);
            assertThat(drains.list()).containsExactly(named);
        }
    }
}
