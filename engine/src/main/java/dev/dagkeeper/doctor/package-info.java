/** Checks on a live system that the invariants hold, and names what violates them. Changes nothing. */
@NullMarked
package dev.dagkeeper.doctor;

import org.jspecify.annotations.NullMarked;
