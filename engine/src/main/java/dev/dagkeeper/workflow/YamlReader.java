package dev.dagkeeper.workflow;

import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** Turns text into one tree of YAML nodes within the limits of the language. */
final class YamlReader {
    private YamlReader() {}

    /** The tree; empty when there is none to speak of, with the reason among the problems. */
    static Optional<Node> read(SourceText source, Limits limits, Problems problems) {
        try {
            return compose(source, limits, problems);
        } catch (GuardedParser.LimitPassed e) {
            return Optional.empty();
        } catch (ReaderException e) {
            problems.add(
                    Code.SYNTAX,
                    placeOf(source, e.getPosition()),
                    Path.TOP,
                    "character U+%04X is not allowed in YAML".formatted(e.getCodePoint()),
                    "in a double-quoted string write it as an escape");
            return Optional.empty();
        } catch (MarkedYAMLException e) {
            tell(e, problems);
            return Optional.empty();
        } catch (YAMLException e) {
            problems.add(Code.SYNTAX, SourceText.Place.START, Path.TOP, String.valueOf(e.getMessage()), "");
            return Optional.empty();
        }
    }

    private static Optional<Node> compose(SourceText source, Limits limits, Problems problems) {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        options.setNestingDepthLimit(Integer.MAX_VALUE);
        options.setCodePointLimit(Integer.MAX_VALUE);
        options.setAllowRecursiveKeys(true);
        var parser = new GuardedParser(new ParserImpl(new StreamReader(source.text()), options), limits, problems);
        var composer = new Composer(parser, new NoResolver(), options);
        if (!composer.checkNode()) {
            problems.add(
                    Code.EMPTY_FILE,
                    SourceText.Place.START,
                    Path.TOP,
                    "the file holds no workflow",
                    "begin with 'version: 1', 'name: ...' and 'steps:'");
            return Optional.empty();
        }
        var root = composer.getNode();
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            problems.add(
                    Code.SEVERAL_DOCUMENTS,
                    parser.peekEvent().getStartMark(),
                    "a second document begins here: one file is one workflow",
                    "put it into a file of its own");
            return Optional.empty();
        }
        return TreeChecks.check(root, parser.aliases() > 0, limits, problems) ? Optional.of(root) : Optional.empty();
    }

    /** Scalars are bound by the type their key expects, so what YAML takes them for is never asked. */
    private static final class NoResolver extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            // None.
        }
    }

    private static void tell(MarkedYAMLException e, Problems problems) {
        var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
        var problem = e.getProblem() == null ? "not YAML" : e.getProblem();
        var message = e.getContext() == null ? problem : problem + " (" + e.getContext() + ")";
        if (mark == null) {
            problems.add(Code.SYNTAX, SourceText.Place.START, Path.TOP, message, "");
        } else if (problem.contains("TAB")) {
            problems.add(Code.TAB, mark, "a tab: YAML is indented with spaces only", "replace the tab by spaces");
        } else {
            problems.add(Code.SYNTAX, mark, message, hint(problem));
        }
    }

    private static String hint(String problem) {
        if (problem.startsWith("mapping values are not allowed")) {
            return "quote the text when it contains ': '";
        }
        if (problem.startsWith("found undefined alias")) {
            return "an anchor must stand before its aliases";
        }
        return problem.contains("cannot start any token") ? "quote the text" : "";
    }

    private static SourceText.Place placeOf(SourceText source, int codePoints) {
        var before = source.slice(0, codePoints);
        var line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        var start = before.lastIndexOf('\n') + 1;
        return new SourceText.Place(line, 1 + before.codePointCount(start, before.length()), 1);
    }
}
