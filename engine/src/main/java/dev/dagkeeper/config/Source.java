package dev.dagkeeper.config;

import java.nio.file.Path;

/** Where a setting's value comes from, strongest first. */
public sealed interface Source {
    /** For people: {@code --slots}, {@code DAGKEEPER_SLOTS}, {@code dagkeeper.yaml:3:10}, {@code default}. */
    String describe();

    /** An option of the command line, with its dashes. */
    record Flag(String name) implements Source {
        @Override
        public String describe() {
            return name;
        }
    }

    /** A variable of the process's environment. */
    record Environment(String name) implements Source {
        @Override
        public String describe() {
            return name;
        }
    }

    /** A place in a configuration file; line and column from 1, 0 for the file as a whole. */
    record File(Path path, int line, int column) implements Source {
        @Override
        public String describe() {
            return line == 0 ? path.toString() : path + ":" + line + ":" + column;
        }
    }

    /** Nobody said anything. */
    record Default() implements Source {
        @Override
        public String describe() {
            return "default";
        }
    }
}
