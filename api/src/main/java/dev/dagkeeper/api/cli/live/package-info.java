/** The live view of a run: what is known of it, and the lines that show it. */
@NullMarked
package dev.dagkeeper.api.cli.live;

import org.jspecify.annotations.NullMarked;
