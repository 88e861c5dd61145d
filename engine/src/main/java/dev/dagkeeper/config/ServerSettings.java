package dev.dagkeeper.config;

import java.time.Duration;
import java.util.Set;

/**
 * What a server process is.
 *
 * @param roles at least one
 * @param listen where the api listens
 * @param drainTimeout how long one that is told to end waits for the steps that run in it
 */
public record ServerSettings(Set<Role> roles, ListenAddress listen, Duration drainTimeout) {
    public ServerSettings {
        roles = Set.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a server needs at least one role");
        }
    }
}
