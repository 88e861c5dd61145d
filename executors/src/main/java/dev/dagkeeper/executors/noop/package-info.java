/** The step type {@code noop}: nothing, for as long as asked. */
@NullMarked
package dev.dagkeeper.executors.noop;

import org.jspecify.annotations.NullMarked;
