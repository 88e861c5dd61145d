package dev.dagkeeper.api.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How to host an engine. What is absent comes from the environment, {@code dagkeeper.yaml} or the defaults.
 *
 * @param dataDirectory where embedded stores live and where the server leaves its address
 * @param roles the roles; with {@code API} alone it answers questions and needs no ZooKeeper
 * @param create whether a data directory without history may be filled with one
 * @param zookeeper an external ensemble, {@code host:port,...}
 * @param postgres JDBC URL of an external database
 * @param listen {@code host:port}; port 0 for a free one
 * @param slots steps that run at once
 * @param queues the queues its worker serves; empty for the default
 * @param drainTimeout how long {@link EngineHost#drain} waits for running steps, such as {@code 2m}
 * @param lifetime who decides when it ends
 */
public record HostOptions(
        Path dataDirectory,
        Set<Role> roles,
        boolean create,
        Optional<String> zookeeper,
        Optional<String> postgres,
        Optional<String> listen,
        OptionalInt slots,
        List<String> queues,
        Optional<String> drainTimeout,
        Lifetime lifetime) {
    public HostOptions {
        roles = Set.copyOf(roles);
        queues = List.copyOf(queues);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("an engine needs at least one role");
        }
    }

    /** What one process does for the engine. */
    public enum Role {
        API,
        MASTER,
        WORKER
    }

    /** Who decides when a hosted engine ends. */
    public enum Lifetime {
        /** A server: it is told to end. */
        SERVER,
        /** {@code run}: it ends when nothing is active and nobody is connected. */
        RUN,
        /** A question: it ends with the command, and does not announce its address. */
        QUESTION
    }

    /** Every role, with everything else as configured. */
    public static HostOptions of(Path dataDirectory, Lifetime lifetime) {
        return new HostOptions(
                dataDirectory,
                Set.of(Role.values()),
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                lifetime);
    }

    /** With these roles. */
    public HostOptions withRoles(Role... others) {
        return new HostOptions(
                dataDirectory,
                Set.of(others),
                create,
                zookeeper,
                postgres,
                listen,
                slots,
                queues,
                drainTimeout,
                lifetime);
    }

    /** Answering at {@code host:port}. */
    public HostOptions withListen(String address) {
        return new HostOptions(
                dataDirectory,
                roles,
                create,
                zookeeper,
                postgres,
                Optional.of(address),
                slots,
                queues,
                drainTimeout,
                lifetime);
    }

    /** With so many steps at once. */
    public HostOptions withSlots(int steps) {
        return new HostOptions(
                dataDirectory,
                roles,
                create,
                zookeeper,
                postgres,
                listen,
                OptionalInt.of(steps),
                queues,
                drainTimeout,
                lifetime);
    }

    /** For what has been there before: a data directory without history is refused. */
    HostOptions withoutCreating() {
        return new HostOptions(
                dataDirectory, roles, false, zookeeper, postgres, listen, slots, queues, drainTimeout, lifetime);
    }

    /** What {@code run} hosts: everything, on embedded stores. */
    static HostOptions forRun(Path dataDirectory, OptionalInt slots) {
        var options = of(dataDirectory, Lifetime.RUN);
        return slots.isPresent() ? options.withSlots(slots.getAsInt()) : options;
    }

    /** What a command that only asks hosts for the moment: the answers, from the history that is there. */
    static HostOptions forQuestion(Path dataDirectory) {
        return of(dataDirectory, Lifetime.QUESTION).withRoles(Role.API).withoutCreating();
    }
}
