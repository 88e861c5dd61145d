package dev.dagkeeper.executors.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How a script is handed to its interpreter: as an argument or as a file, never through another shell. */
final class ShellCommand {
    private static final List<String> DEFAULT = List.of("sh", "-e");
    /** Linux takes 128 KiB for one argument; the rest is for what else stands there. */
    private static final int MOST_ARGUMENT_BYTES = 100 * 1024;

    private ShellCommand() {}

    /** The interpreter of the settings; empty when they name none. */
    static Optional<List<String>> interpreter(ObjectNode with) throws SettingsException {
        var setting = with.get("interpreter");
        if (setting == null || setting.isNull()) {
            return Optional.empty();
        }
        var words = new ArrayList<String>();
        if (setting.isString()) {
            words.addAll(List.of(setting.stringValue().strip().split("\\s+")));
        } else if (setting.isArray()) {
            for (JsonNode word : setting) {
                words.add(word.isString() ? word.stringValue() : "");
            }
        }
        if (words.isEmpty() || words.contains("")) {
            throw new SettingsException(
                    "with.interpreter: expected a command such as bash -eu or [python3, -u], found " + setting);
        }
        return Optional.of(List.copyOf(words));
    }

    /**
     * The whole command. It leads a session of its own and keeps the process id it is started with.
     *
     * @param scratch where the script may be written to
     */
    static List<String> of(Optional<List<String>> interpreter, String script, Path scratch) throws IOException {
        var command = new ArrayList<String>();
        command.add("setsid");
        command.addAll(interpreter.orElse(DEFAULT));
        var bytes = script.getBytes(StandardCharsets.UTF_8);
        if (interpreter.isEmpty() && bytes.length <= MOST_ARGUMENT_BYTES) {
            command.add("-c");
            command.add(script);
        } else {
            var file = scratch.resolve("script");
            Files.write(file, bytes);
            command.add(file.toString());
        }
        return command;
    }

    /** The settings are not what the type takes. */
    static final class SettingsException extends Exception {
        private static final long serialVersionUID = 1L;

        SettingsException(String message) {
            super(message);
        }
    }
}
