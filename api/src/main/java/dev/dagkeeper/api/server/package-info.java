/** The one place where everything is wired, by hand: stores, roles, HTTP. */
@NullMarked
package dev.dagkeeper.api.server;

import org.jspecify.annotations.NullMarked;
