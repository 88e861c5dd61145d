package dev.dagkeeper.executor;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The step types of one process, by name. Immutable and thread-safe. */
public final class ExecutorCatalog {
    private final Map<String, Executor> byName;

    private ExecutorCatalog(Map<String, Executor> byName) {
        this.byName = byName;
    }

    /**
     * Finds every executor that the class loader's jars name under {@code META-INF/services}.
     *
     * @throws IllegalStateException when one cannot be made, or two have the same name; the message says which
     */
    public static ExecutorCatalog load(ClassLoader loader) {
        try {
            return of(ServiceLoader.load(Executor.class, loader).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList());
        } catch (ServiceConfigurationError broken) {
            throw new IllegalStateException(
                    "a step type on the class path cannot be loaded: " + broken.getMessage()
                            + "; correct or remove its jar",
                    broken);
        }
    }

    /**
     * The given executors.
     *
     * @throws IllegalStateException when two have the same name
     */
    public static ExecutorCatalog of(Collection<? extends Executor> executors) {
        var byName = new TreeMap<String, Executor>();
        for (var executor : executors) {
            var name = executor.type().name();
            var other = byName.putIfAbsent(name, executor);
            if (other != null) {
                throw new IllegalStateException("two step types are named '%s': %s and %s; remove one of the two jars"
                        .formatted(name, origin(other), origin(executor)));
            }
        }
        return new ExecutorCatalog(byName);
    }

    /** What the compiler needs to know of every step type, by name. */
    public List<StepType> types() {
        return byName.values().stream()
                .map(Executor::type)
                .sorted(Comparator.comparing(StepType::name))
                .toList();
    }

    /** The executor of a step type. */
    public Optional<Executor> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private static String origin(Executor executor) {
        var type = executor.getClass();
        var source = type.getProtectionDomain().getCodeSource();
        return type.getName() + (source == null ? "" : " from " + source.getLocation());
    }
}
