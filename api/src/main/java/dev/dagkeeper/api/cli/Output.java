package dev.dagkeeper.api.cli;

import dev.dagkeeper.api.cli.OutputOption.Format;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a command's data in the form that was asked for. */
final class Output {
    private final PrintStream out;
    private final Format format;

    Output(PrintStream out, Format format) {
        this.out = out;
        this.format = format;
    }

    /**
     * Writes a list.
     *
     * @param name what identifies an item
     * @param table writes it for people
     */
    void list(List<JsonNode> items, Function<JsonNode, String> name, Consumer<PrintStream> table) {
        switch (format) {
            case table -> table.accept(out);
            case json -> json(JsonMapper.shared().createArrayNode().addAll(items));
            case jsonl -> items.forEach(out::println);
            case yaml -> yaml(JsonMapper.shared().createArrayNode().addAll(items));
            case name -> items.forEach(item -> out.println(name.apply(item)));
        }
    }

    /** Writes one object. */
    void object(JsonNode object, Function<JsonNode, String> name, Consumer<PrintStream> table) {
        switch (format) {
            case table -> table.accept(out);
            case json -> json(object);
            case jsonl -> out.println(object);
            case yaml -> yaml(object);
            case name -> out.println(name.apply(object));
        }
    }

    private void json(JsonNode node) {
        out.println(JsonMapper.shared()
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(node));
    }

    private void yaml(JsonNode node) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        out.print(new Yaml(options).dump(JsonMapper.shared().treeToValue(node, Object.class)));
    }
}
