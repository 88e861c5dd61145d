/** How a ready step reaches a worker: items, claims and locks on ZooKeeper. */
@NullMarked
package dev.dagkeeper.queue;

import org.jspecify.annotations.NullMarked;
