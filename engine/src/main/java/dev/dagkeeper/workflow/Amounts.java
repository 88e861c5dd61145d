package dev.dagkeeper.workflow;

import java.util.List;
import java.util.Locale;

/** Cores and bytes as people write them. */
public final class Amounts {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    private Amounts() {}

    /** Cores with as many decimals as they have, three at most: {@code 4}, {@code 0.5}. */
    public static String cores(double cores) {
        return cores(Math.round(cores * 1000));
    }

    /** As {@link #cores(double)}, of thousandths. */
    public static String cores(long milliCpu) {
        if (milliCpu % 1000 == 0) {
            return Long.toString(milliCpu / 1000);
        }
        var text = String.format(Locale.ROOT, "%.3f", milliCpu / 1000.0);
        return text.replaceAll("0+$", "");
    }

    /** Bytes in the largest unit that leaves a whole part, one decimal at most: {@code 512MiB}, {@code 23.4GiB}. */
    public static String memory(long bytes) {
        int unit = 0;
        while (unit < UNITS.size() - 1 && (bytes >> (10 * (unit + 1))) > 0) {
            unit++;
        }
        long tenths = Math.round(bytes * 10.0 / (1L << (10 * unit)));
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + UNITS.get(unit);
    }
}
