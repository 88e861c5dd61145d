package dev.dagkeeper.workflow;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers the last accepted sources by their content, so that what one role of a process has checked no other role
 * checks again. Thread-safe.
 */
public final class RememberingCompiler implements WorkflowCompiler {
    private static final int KEPT = 128;

    private final WorkflowCompiler compiler;
    private final Map<String, Compilation.Accepted> accepted = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compilation.Accepted> eldest) {
            return size() > KEPT;
        }
    };

    public RememberingCompiler(WorkflowCompiler compiler) {
        this.compiler = compiler;
    }

    @Override
    public Compilation compile(String file, byte[] source) {
        var content = sha256(source);
        var known = find(content);
        if (known.isPresent()) {
            var workflow = known.get().workflow();
            return new Compilation.Accepted(
                    workflow,
                    known.get().warnings().stream()
                            .map(warning -> in(file, warning))
                            .toList());
        }
        return switch (compiler.compile(file, source)) {
            case Compilation.Accepted now -> remember(content, now);
            case Compilation.Rejected now -> now;
        };
    }

    private synchronized Optional<Compilation.Accepted> find(String content) {
        return Optional.ofNullable(accepted.get(content));
    }

    private synchronized Compilation.Accepted remember(String content, Compilation.Accepted now) {
        accepted.put(content, now);
        return now;
    }

    private static Problem in(String file, Problem problem) {
        return new Problem(
                problem.code(),
                file,
                problem.line(),
                problem.column(),
                problem.length(),
                problem.pointer(),
                problem.message(),
                problem.hint());
    }

    private static String sha256(byte[] source) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
