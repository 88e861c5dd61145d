/** Measures an engine: shapes of work, when it is warm, what was recorded, what it cost. */
@NullMarked
package dev.dagkeeper.api.cli.bench;

import org.jspecify.annotations.NullMarked;
