/** The step type {@code http}: one request and its response. */
@NullMarked
package dev.dagkeeper.executors.http;

import org.jspecify.annotations.NullMarked;
