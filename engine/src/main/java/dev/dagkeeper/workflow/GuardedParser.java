package dev.dagkeeper.workflow;

import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;

/** Watches the events of a YAML parser, where every alias and tag still has its place, and stops at a limit. */
final class GuardedParser implements Parser {
    /** A limit was passed; the problem is already told. */
    static final class LimitPassed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LimitPassed() {
            super("a limit of the workflow language was passed", null, false, false);
        }
    }

    private final Parser parser;
    private final Limits limits;
    private final Problems problems;
    private int depth;
    private int aliases;

    GuardedParser(Parser parser, Limits limits, Problems problems) {
        this.parser = parser;
        this.limits = limits;
        this.problems = problems;
    }

    int aliases() {
        return aliases;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public Event getEvent() {
        var event = parser.getEvent();
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> {
                checkTag(((CollectionStartEvent) event).getTag(), event);
                enter(event);
            }
            case MappingEnd, SequenceEnd -> depth--;
            case Scalar -> checkTag(((ScalarEvent) event).getTag(), event);
            case Alias -> countAlias((AliasEvent) event);
            case Comment, DocumentEnd, DocumentStart, StreamEnd, StreamStart -> {}
        }
        return event;
    }

    private void enter(Event event) {
        depth++;
        if (depth > limits.nesting()) {
            problems.add(
                    Code.TOO_DEEP,
                    event.getStartMark(),
                    "maps and lists are nested more than " + limits.nesting() + " deep",
                    "");
            throw new LimitPassed();
        }
    }

    private void countAlias(AliasEvent event) {
        aliases++;
        if (aliases > limits.aliases()) {
            problems.add(
                    Code.TOO_MANY_ALIASES,
                    event.getStartMark(),
                    "alias '*" + event.getAnchor() + "' is one more than the " + limits.aliases() + " a file may have",
                    "");
            throw new LimitPassed();
        }
    }

    private void checkTag(@org.jspecify.annotations.Nullable String tag, Event event) {
        if (tag != null) {
            var shown = tag.startsWith("tag:yaml.org,2002:") ? "!!" + tag.substring(18) : tag;
            problems.add(
                    Code.TAG,
                    event.getStartMark(),
                    "tag '" + shown + "': the language has no tags",
                    "leave it out; a value is read by the type its key expects");
        }
    }
}
