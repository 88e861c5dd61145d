/** The step type {@code sql}: statements on a named connection. */
@NullMarked
package dev.dagkeeper.executors.sql;

import org.jspecify.annotations.NullMarked;
