/** The form in which the API, and the command line without a server, give DAGs. */
@NullMarked
package dev.dagkeeper.api.graph;

import org.jspecify.annotations.NullMarked;
