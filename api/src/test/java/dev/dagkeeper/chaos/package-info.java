/** Whole clusters of real processes, the faults done to them, and the look at what is left. */
@NullMarked
package dev.dagkeeper.chaos;

import org.jspecify.annotations.NullMarked;
