package dev.dagkeeper.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Scopes for tests. */
final class Scopes {
    static final Scope.RunFacts RUN = new Scope.RunFacts(
            "r1",
            "w",
            1,
            Instant.parse("2026-03-01T23:30:00Z"),
            Instant.parse("2026-02-28T23:30:00Z"),
            Instant.parse("2026-03-01T23:30:00Z"),
            "");

    static final Scope EMPTY =
            new Scope(Map.of(), Map.of(), RUN, Scope.Upstreams.NONE, Optional.empty(), Map.of(), Optional.empty());

    private Scopes() {}
}
