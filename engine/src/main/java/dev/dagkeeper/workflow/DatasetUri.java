package dev.dagkeeper.workflow;

import java.net.URI;
import java.net.URISyntaxException;

/** The names of datasets: URIs with a scheme, compared character by character. Stateless. */
public final class DatasetUri {
    /** In characters. */
    public static final int LONGEST = 2_000;

    private DatasetUri() {}

    /** Whether a dataset can have that name. */
    public static boolean isOne(String text) {
        try {
            return text.length() <= LONGEST && new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
