package dev.dagkeeper.api.server;

import com.sun.management.OperatingSystemMXBean;
import dev.dagkeeper.cluster.WorkerInfo;
import dev.dagkeeper.config.WorkerOffer;
import java.lang.management.ManagementFactory;

/** What the machine, or the container, has. */
final class Machine {
    private Machine() {}

    /** An offer in which what was not configured is all that there is. */
    static WorkerInfo.Offer complete(WorkerOffer offer) {
        return new WorkerInfo.Offer(
                offer.cpu().orElseGet(() -> (double) Runtime.getRuntime().availableProcessors()),
                offer.memory()
                        .orElseGet(() -> ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                                .getTotalMemorySize()),
                offer.labels(),
                offer.zone());
    }
}
