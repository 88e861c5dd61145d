/** The HTTP API: runs are started, watched and ended through it, by the command line as by anybody else. */
@NullMarked
package dev.dagkeeper.api.http;

import org.jspecify.annotations.NullMarked;
