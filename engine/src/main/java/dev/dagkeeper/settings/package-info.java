/** Settings that change while the engine runs: their names, ranges and defaults. Pure. */
@NullMarked
package dev.dagkeeper.settings;

import org.jspecify.annotations.NullMarked;
