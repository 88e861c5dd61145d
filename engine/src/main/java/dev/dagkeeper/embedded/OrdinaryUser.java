package dev.dagkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets Postgres start for root, which it refuses by itself. In a user namespace of its own the process is nobody in
 * particular, and its files seem to belong to the same nobody, while outside nothing changes hands.
 */
final class OrdinaryUser {
    private static final List<String> UNSHARE = List.of("unshare", "-U");

    private OrdinaryUser() {}

    /** What a command line has to begin with; nothing for an ordinary user. */
    static List<String> prefix() throws IOException, InterruptedException {
        if (!isRoot()) {
            return List.of();
        }
        if (Executables.find("unshare").isPresent() && succeeds()) {
            return UNSHARE;
        }
        throw new EmbeddedStoreException(
                "the embedded Postgres does not run as root, and 'unshare -U' (util-linux), which"
                        + " would take root's powers from it, is missing or forbidden here; run dagkeeper as an ordinary user"
                        + " (for example 'setpriv --reuid=1000 --regid=1000 --clear-groups dagkeeper ...'), allow user"
                        + " namespaces, or use a Postgres of your own with --postgres URL");
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static boolean succeeds() throws IOException, InterruptedException {
        var probe = new ProcessBuilder("unshare", "-U", "true")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!probe.waitFor(5, TimeUnit.SECONDS)) {
            probe.destroyForcibly();
            return false;
        }
        return probe.exitValue() == 0;
    }
}
