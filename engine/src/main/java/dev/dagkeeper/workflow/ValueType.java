package dev.dagkeeper.workflow;

import java.util.List;

/** The type of an input or output. Immutable. Values of every type are held as JSON. */
public sealed interface ValueType {
    /** The name as written in a workflow, such as {@code list<string>}. */
    String display();

    /** A type without parts. Dates are {@code 2026-01-31}, times RFC 3339, durations {@code 90s}, all JSON strings. */
    enum Simple implements ValueType {
        STRING,
        INT,
        FLOAT,
        BOOL,
        DATE,
        DATETIME,
        DURATION,
        JSON;

        @Override
        public String display() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One of a fixed set of strings. */
    record Enumeration(List<String> values) implements ValueType {
        public Enumeration {
            values = List.copyOf(values);
        }

        @Override
        public String display() {
            return "enum";
        }
    }

    /** A list whose items share one type. */
    record ListOf(ValueType item) implements ValueType {
        @Override
        public String display() {
            return "list<" + item.display() + ">";
        }
    }
}
