package dev.dagkeeper.api.http;

import dev.dagkeeper.history.WorkflowStore.FileRef;
import dev.dagkeeper.workflow.Problem;
import dev.dagkeeper.workflow.Workflow;
import dev.dagkeeper.workflow.WorkflowCompiler;
import dev.dagkeeper.workflow.WorkflowCompiler.Compilation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Checks what clients bring before anything of it is stored. Thread-safe. */
final class Intake {
    private final WorkflowCompiler compiler;

    Intake(WorkflowCompiler compiler) {
        this.compiler = compiler;
    }

    /**
     * The checked workflow with its warnings.
     *
     * @throws ApiProblem 422 with every problem of the source
     */
    Compilation.Accepted compile(String fileName, byte[] source) {
        return switch (compiler.compile(fileName, source)) {
            case Compilation.Accepted accepted -> accepted;
            case Compilation.Rejected rejected -> {
                var errors =
                        rejected.problems().stream().filter(Problem::isError).count();
                throw ApiProblem.of(
                        422,
                        "workflow-rejected",
                        fileName + " has " + errors + (errors == 1 ? " error" : " errors"),
                        rejected.problems());
            }
        };
    }

    /** A workflow that is to run: it needs nothing that is not carried out yet, and all its files are named. */
    Compilation.Accepted compileToRun(Source source) {
        var accepted = compile(source.fileName(), source.bytes());
        refuseReserved(source.fileName(), accepted.workflow());
        refuseUnnamedFiles(accepted.workflow(), source.files());
        return accepted;
    }

    /**
     * A run must not go on as if what it needs had not been asked for.
     *
     * @throws ApiProblem 422
     */
    static void refuseReserved(String fileName, Workflow workflow) {
        var reserved = workflow.reserved();
        if (reserved.isEmpty()) {
            return;
        }
        var names = reserved.stream().map(Workflow.Reserved::what).distinct().toList();
        var problems = reserved.stream()
                .map(r -> new Problem(
                        "not-carried-out",
                        fileName,
                        r.line(),
                        r.column(),
                        1,
                        "",
                        r.what() + " is checked, but this version does not carry it out",
                        Optional.of("remove it, or run the workflow on a version that has it")))
                .toList();
        throw ApiProblem.of(
                422,
                "not-carried-out",
                "workflow '" + workflow.name() + "' needs what this version does not carry out: "
                        + String.join(", ", names),
                problems);
    }

    private static void refuseUnnamedFiles(Workflow workflow, List<FileRef> files) {
        if (workflow.files().isEmpty() && !files.isEmpty()) {
            throw ApiProblem.invalidBody("the request has files, but the workflow's `files` names none");
        }
        var missing = workflow.files().stream()
                .filter(pattern -> !isGlob(pattern) && !names(files, pattern))
                .toList();
        if (!missing.isEmpty() || (files.isEmpty() && !workflow.files().isEmpty())) {
            throw filesMissing("the workflow's `files` names what the request's `files` does not have: "
                    + String.join(", ", missing.isEmpty() ? workflow.files() : missing));
        }
    }

    static ApiProblem contentsMissing(Collection<String> hashes) {
        return filesMissing("these contents are not stored; PUT /v1/files/{sha256} them first: "
                + String.join(", ", hashes.stream().sorted().toList()));
    }

    private static ApiProblem filesMissing(String detail) {
        return ApiProblem.of(422, "files-missing", detail);
    }

    private static boolean isGlob(String pattern) {
        return pattern.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** A path names a file, or a directory with something in it. */
    private static boolean names(List<FileRef> files, String pattern) {
        var path = pattern.startsWith("./") ? pattern.substring(2) : pattern;
        var directory = path.endsWith("/") ? path : path + "/";
        return files.stream().anyMatch(f -> f.path().equals(path) || f.path().startsWith(directory));
    }
}
