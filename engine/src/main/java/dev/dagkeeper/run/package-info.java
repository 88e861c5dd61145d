/** What a run is and what happens next: states, joins, and the pure function {@code decide}. */
@NullMarked
package dev.dagkeeper.run;

import org.jspecify.annotations.NullMarked;
