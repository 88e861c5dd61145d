/** What is done once after a build so that every later start is fast. Run by the launcher, loaded by no command. */
@NullMarked
package dev.dagkeeper.api.cli.faststart;

import org.jspecify.annotations.NullMarked;
