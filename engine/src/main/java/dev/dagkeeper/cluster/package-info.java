/** Who leads, who is alive, and the bells, on ZooKeeper. */
@NullMarked
package dev.dagkeeper.cluster;

import org.jspecify.annotations.NullMarked;
