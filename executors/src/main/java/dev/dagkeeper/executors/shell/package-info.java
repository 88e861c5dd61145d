/** The step type {@code shell}: a script in a process of its own session. */
@NullMarked
package dev.dagkeeper.executors.shell;

import org.jspecify.annotations.NullMarked;
