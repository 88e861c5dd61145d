/** The worker: claims steps, runs them through executors, records results. */
@NullMarked
package dev.dagkeeper.worker;

import org.jspecify.annotations.NullMarked;
