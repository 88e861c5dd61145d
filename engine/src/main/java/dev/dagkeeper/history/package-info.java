/** Everything that is remembered, in Postgres: one repository an aggregate. */
@NullMarked
package dev.dagkeeper.history;

import org.jspecify.annotations.NullMarked;
