/** The example workflows, the documented commands and the promises about crashes, tested through the whole program. */
@NullMarked
package dev.dagkeeper.examples;

import org.jspecify.annotations.NullMarked;
