/** Tells somebody outside what the leader decided: takes alerts from Postgres and sends them. */
@NullMarked
package dev.dagkeeper.alert;

import org.jspecify.annotations.NullMarked;
