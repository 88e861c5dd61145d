package dev.dagkeeper.workflow;

import java.net.URI;
import java.net.URISyntaxException;

/** The names of datasets, as steps produce them and triggers wait for them: URIs. */
final class DatasetUris {
    private DatasetUris() {}

    static void check(Field field, Problems problems) {
        try {
            if (new URI(field.text()).isAbsolute()) {
                return;
            }
        } catch (URISyntaxException e) {
            // Told below, like a URI without a scheme.
        }
        problems.add(
                Code.BAD_PATH,
                field,
                "expected the URI of a dataset, found '" + TypedValue.shorten(field.text()) + "'",
                "such as s3://raw/orders");
    }
}
