/** The leader: hears, decides, writes, dispatches. */
@NullMarked
package dev.dagkeeper.master;

import org.jspecify.annotations.NullMarked;
