package dev.dagkeeper.worker;

import dev.dagkeeper.workflow.Workflow;

/** Reads the secrets that this worker's configuration allows. Thread-safe. */
@FunctionalInterface
public interface SecretAccess {
    /**
     * The secret's value.
     *
     * @throws SecretException when it is not allowed or not there; the message names the secret and the configuration
     *     key, never a value
     */
    String resolve(Workflow.Secret secret) throws SecretException;

    /** A secret cannot be had on this worker. */
    final class SecretException extends Exception {
        private static final long serialVersionUID = 1L;

        public SecretException(String message) {
            super(message);
        }
    }
}
