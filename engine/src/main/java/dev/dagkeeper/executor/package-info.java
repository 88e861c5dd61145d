/** The interface between the engine and what carries out a step type. */
@NullMarked
package dev.dagkeeper.executor;

import org.jspecify.annotations.NullMarked;
