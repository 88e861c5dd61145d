/** Operating system processes: finding, ending and guarding everything that a step started. Linux only. */
@NullMarked
package dev.dagkeeper.process;

import org.jspecify.annotations.NullMarked;
