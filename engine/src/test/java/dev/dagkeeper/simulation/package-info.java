/**
 * The real leader and worker code on one thread, in virtual time, over stores in memory: a seed is a whole history of a
 * cluster with its faults.
 */
@NullMarked
package dev.dagkeeper.simulation;

import org.jspecify.annotations.NullMarked;
