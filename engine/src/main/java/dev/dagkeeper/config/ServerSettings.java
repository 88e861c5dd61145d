package dev.dagkeeper.config;

import java.util.Set;

/**
 * What a server process is.
 *
 * @param roles at least one
 * @param listen where the api listens
 */
public record ServerSettings(Set<Role> roles, ListenAddress listen) {
    public ServerSettings {
        roles = Set.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a server needs at least one role");
        }
    }
}
