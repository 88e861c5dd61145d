/** The command line: one class a command, each a client of a server like any other. */
@NullMarked
package dev.dagkeeper.api.cli;

import org.jspecify.annotations.NullMarked;
