/** Real stores on the local machine, for an engine that was given none. */
@NullMarked
package dev.dagkeeper.embedded;

import org.jspecify.annotations.NullMarked;
