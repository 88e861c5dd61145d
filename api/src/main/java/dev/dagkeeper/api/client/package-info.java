/** The Java client of the HTTP API: typed calls, failures as exceptions that carry the problem, events that resume. */
@NullMarked
package dev.dagkeeper.api.client;

import org.jspecify.annotations.NullMarked;
