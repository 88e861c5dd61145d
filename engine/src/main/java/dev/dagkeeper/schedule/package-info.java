/** When triggers fire, and what becomes of their fires. Pure: no store, no clock. */
@NullMarked
package dev.dagkeeper.schedule;

import org.jspecify.annotations.NullMarked;
