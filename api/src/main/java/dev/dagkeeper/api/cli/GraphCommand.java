package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.drawing.Chart;
import dev.dagkeeper.api.cli.drawing.Diagram;
import dev.dagkeeper.api.cli.drawing.Markup;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Draws a DAG. */
@Command(name = "graph", description = "Draw the DAG of a workflow file, or of a run with its states.")
final class GraphCommand implements Callable<Integer> {
    private static final int USUAL_WIDTH = 200;

    private final Environment environment;

    @Parameters(
            paramLabel = "FILE|RUN",
            description = "a workflow file, or a run: an id, the beginning of one, @latest")
    private String what = "";

    @Option(names = "--format", description = "one of ${COMPLETION-CANDIDATES}; default ascii")
    private Form form = Form.ascii;

    @Option(names = "--ascii", description = "draw lines with ASCII characters only")
    private boolean asciiOnly;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "the widest drawing, in characters; default ${DEFAULT-VALUE}")
    private int width = USUAL_WIDTH;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    GraphCommand(Environment environment) {
        this.environment = environment;
    }

    /** The forms, as they are written on the command line. */
    enum Form {
        ascii,
        mermaid,
        dot,
        json
    }

    @Override
    public Integer call() throws Exception {
        var graph = graph();
        var diagram = Graphs.diagram(graph);
        switch (form) {
            case ascii -> environment.out().println(drawn(diagram));
            case mermaid -> environment.out().print(Markup.mermaid(diagram));
            case dot -> environment.out().print(Markup.dot(diagram));
            case json ->
                environment
                        .out()
                        .println(JsonMapper.shared()
                                .writer()
                                .with(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(graph));
        }
        return ExitCode.SUCCEEDED.number();
    }

    private JsonNode graph() throws Exception {
        if (Workflows.isFile(environment, what)) {
            return Graphs.json(Workflows.accepted(environment, what, Workflows.read(environment, what)));
        }
        try (var connection = new Connector(environment, server).toAsk()) {
            return connection.client().graph(Target.run(what));
        }
    }

    private String drawn(Diagram diagram) {
        return Chart.draw(diagram, width, asciiOnly)
                .map(lines -> String.join("\n", lines))
                .orElseThrow(() -> new Failure(
                        ExitCode.USAGE,
                        "the DAG of " + diagram.name() + " has "
                                + diagram.nodes().size() + " steps and is too large to draw in " + width + " columns",
                        "Draw it with Graphviz instead:  dagkeeper graph " + what + " --format dot | dot -Tsvg > "
                                + diagram.name() + ".svg"));
    }
}
