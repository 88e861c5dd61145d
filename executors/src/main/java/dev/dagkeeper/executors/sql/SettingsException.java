package dev.dagkeeper.executors.sql;

/** The settings are not what the type takes; trying again with the same settings cannot help. */
final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingsException(String message) {
        super(message);
    }
}
