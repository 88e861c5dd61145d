package dev.dagkeeper.config;

import java.util.Locale;

/** What a process of the engine may do; any mix. */
public enum Role {
    API,
    MASTER,
    WORKER;

    /** As users write it: {@code api}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
