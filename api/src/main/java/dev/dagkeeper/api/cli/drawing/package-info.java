/** DAGs as text: boxes and lines, mermaid, dot. */
@NullMarked
package dev.dagkeeper.api.cli.drawing;

import org.jspecify.annotations.NullMarked;
