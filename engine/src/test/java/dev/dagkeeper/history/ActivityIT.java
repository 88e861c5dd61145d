package dev.dagkeeper.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dagkeeper.Promised;
import dev.dagkeeper.history.DatabaseSettings.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Postgres says it has done. Other tests may use the server meanwhile, so that it may have done more. */
@Timeout(180)
class ActivityIT {
    private static final int WRITES = 20;

    @RegisterExtension
    static final TestPostgres POSTGRES = new TestPostgres();

    @Test
    void each_transaction_that_writes_counts_and_each_wait_for_the_disk() {
        POSTGRES.execute("CREATE TABLE written (n int)");
        var database = POSTGRES.open(Role.API);
        var before = database.activity();
        for (int i = 0; i < WRITES; i++) {
            POSTGRES.execute("INSERT INTO written VALUES (1)");
        }
        var after = database.activity();
        assertThat(after.writeTransactions() - before.writeTransactions()).isGreaterThanOrEqualTo(WRITES);
        await().atMost(Promised.EVENTUALLY).until(() -> database.activity().flushes() - before.flushes() >= WRITES);
    }

    @Test
    void reading_counts_for_nothing() {
        var database = POSTGRES.open(Role.API);
        // Somebody else may write between two looks, but not between all of them.
        await().atMost(Promised.EVENTUALLY).until(() -> {
            var before = database.activity();
            return database.activity().writeTransactions() == before.writeTransactions();
        });
    }
}
