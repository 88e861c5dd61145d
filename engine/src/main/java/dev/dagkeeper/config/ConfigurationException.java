package dev.dagkeeper.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. It tells all that is wrong with it, not only the first. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigurationProblem> problems;

    ConfigurationException(List<ConfigurationProblem> problems) {
        super(problems.stream().map(ConfigurationProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<ConfigurationProblem> problems() {
        return problems;
    }
}
