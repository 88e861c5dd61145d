package dev.dagkeeper.workflow;

import org.jspecify.annotations.Nullable;

/** The way from the top of the document to one value; the top itself has no parent. */
record Path(@Nullable Path parent, String token) {
    static final Path TOP = new Path(null, "");

    Path child(String key) {
        return new Path(this, key);
    }

    Path child(int index) {
        return new Path(this, Integer.toString(index));
    }

    /** RFC 6901. */
    String pointer() {
        return parent == null
                ? ""
                : parent.pointer() + "/" + token.replace("~", "~0").replace("/", "~1");
    }
}
