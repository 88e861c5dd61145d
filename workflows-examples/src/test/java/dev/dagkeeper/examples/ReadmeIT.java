package dev.dagkeeper.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the documents tell readers to type works, in the order in which it is written. */
@ExtendWith(SharedEngine.class)
@Timeout(300)
class ReadmeIT {
    /** Like a new user's: nothing has run there, and no server is running. */
    @TempDir
    Path fresh;

    @TestFactory
    Stream<DynamicTest> commands_of_the_readme_work(Program program) throws IOException {
        var commands = DocumentedCommand.inMarkdown(Repository.ROOT.resolve("README.md"));
        assertThat(commands).isNotEmpty();
        return tests(commands, program, fresh.resolve("data"));
    }

    @TestFactory
    Stream<DynamicTest> commands_of_the_manual_work(Program program) throws IOException {
        var commands = new ArrayList<DocumentedCommand>();
        try (var files = Files.list(Repository.ROOT.resolve("docs"))) {
            for (var file : files.sorted().toList()) {
                if (file.toString().endsWith(".md")) {
                    commands.addAll(DocumentedCommand.inMarkdown(file));
                }
            }
        }
        return tests(commands, program, fresh.resolve("data"));
    }

    @TestFactory
    Stream<DynamicTest> commands_in_the_examples_work(Program program, HostedEngine engine) throws IOException {
        var commands = new ArrayList<DocumentedCommand>();
        for (var workflow : Repository.workflows()) {
            var its = DocumentedCommand.inComments(workflow);
            assertThat(its)
                    .as("commands at the top of %s", workflow)
                    .extracting(DocumentedCommand::line)
                    .contains("./dagkeeper run workflows-examples/" + workflow.getFileName());
            commands.addAll(its);
        }
        return tests(commands, program, engine.dataDirectory());
    }

    private static Stream<DynamicTest> tests(List<DocumentedCommand> commands, Program program, Path dataDirectory) {
        return commands.stream()
                .map(command -> dynamicTest(command.place() + " " + command.line(), () -> {
                    var outcome = program.shell(dataDirectory, command.line());
                    assertThat(outcome.code()).as(outcome::said).isEqualTo(command.code());
                }));
    }
}
