package dev.dagkeeper.workflow;

/** Every code a problem can have. Numbers are stable: none is ever used for something else. */
enum Code {
    FILE_TOO_LARGE("E0001", "the file is larger than allowed"),
    NOT_UTF8("E0002", "the file is not UTF-8 text"),
    EMPTY_FILE("E0003", "the file holds no document"),
    SYNTAX("E0004", "the file is not YAML"),
    TAB("E0005", "a tab where YAML wants spaces"),
    SEVERAL_DOCUMENTS("E0006", "more than one document in the file"),
    TAG("E0007", "a YAML tag"),
    MERGE_KEY("E0008", "a YAML merge key"),
    TOO_MANY_ALIASES("E0009", "more aliases than allowed"),
    EXPANSION("E0010", "the document with its aliases expanded is larger than allowed"),
    TOO_DEEP("E0011", "maps and lists are nested deeper than allowed"),
    DUPLICATE_KEY("E0012", "a key stands twice in one map"),
    KEY_NOT_TEXT("E0013", "a key is a map or a list"),
    ALIAS_LOOP("E0014", "an anchored value contains itself"),

    UNKNOWN_KEY("E0101", "a key the language does not know at this place"),
    MISSING_KEY("E0102", "a required key is missing"),
    WRONG_KIND("E0103", "a value of the wrong kind: a map, a list or a single value was expected"),
    NO_VALUE("E0104", "a key without a value"),
    BAD_ID("E0105", "an id that is not snake_case"),
    BAD_NUMBER("E0106", "not a number"),
    BAD_BOOL("E0107", "not true or false"),
    BAD_DURATION("E0108", "not a duration"),
    BAD_SIZE("E0109", "not a size"),
    NOT_AN_OPTION("E0110", "not one of the possible words"),
    OUT_OF_RANGE("E0111", "a value outside its range"),
    BAD_TYPE("E0112", "not the notation of a type"),
    BAD_TIME("E0113", "not a date or time"),
    BAD_TIMEZONE("E0114", "not the name of a time zone"),
    BAD_CRON("E0115", "not a cron expression"),
    CONFLICT("E0116", "keys or values that exclude each other"),
    BAD_PATTERN("E0117", "not a regular expression"),
    BAD_PATH("E0118", "a path that is not allowed"),
    BAD_NAME("E0119", "not the name of an environment variable"),
    LISTED_TWICE("E0120", "a value stands twice in a list"),
    BAD_VERSION("E0121", "a version of the language that this program does not know"),

    TOO_MANY_STEPS("E0140", "more steps than allowed"),
    UNKNOWN_STEP_TYPE("E0141", "a step type that no executor offers"),
    UNKNOWN_NEED("E0142", "a step in `needs` that does not exist"),
    CYCLE("E0143", "steps that wait for each other in a circle"),
    UNKNOWN_SECRET("E0144", "a secret that is not declared"),

    BAD_SETTINGS("E0150", "settings in `with` or `run` that the step type does not take"),
    HOLE_IN_RUN("E0151", "a hole in `run`"),
    BAD_OUTPUT("E0152", "an output that the step type cannot give"),

    UNKNOWN_INPUT("E0160", "an input that the workflow does not declare"),
    MISSING_INPUT("E0161", "a required input without a value"),
    ILL_TYPED_INPUT("E0162", "an input's value does not have its type"),
    INPUT_OUT_OF_BOUNDS("E0163", "an input's value breaks the declared bounds"),

    EXPRESSION_SYNTAX("E0201", "an expression that is not CEL"),
    EXPRESSION_TYPE("E0202", "an expression whose parts do not fit together"),
    UNKNOWN_STEP("E0203", "an expression names a step that does not exist"),
    NOT_AN_ANCESTOR("E0204", "an expression names a step that this one does not wait for"),
    MUST_BE_OPTIONAL("E0205", "an output that may be missing is read as if it were always there"),
    UNKNOWN_OUTPUT("E0206", "an expression names an output that the step does not declare"),
    UNKNOWN_NAME("E0207", "an expression uses a name that does not exist at this place"),
    EXPRESSION_TOO_LONG("E0208", "an expression longer than allowed"),
    SECRET_IN_EXPRESSION("E0209", "an expression asks for a secret"),
    RESULT_TYPE("E0210", "an expression whose result has the wrong type"),
    OPEN_HOLE("E0211", "a hole that is not closed, or is empty"),

    NOT_CARRIED_OUT("E0301", "something the language has and this version does not carry out yet"),

    UNUSED_INPUT("W0001", "an input that nothing reads"),
    JOIN_NEVER_HOLDS("W0002", "a join that can never hold"),
    SKIPPED_WITH_UPSTREAM("W0003", "a step with the default join after one that may be skipped"),
    UNUSED_SECRET("W0004", "a secret that no step lists"),
    NO_PROCESS("W0005", "environment or secrets on a step that runs no process"),
    JOIN_WITHOUT_NEEDS("W0006", "a join without `needs`"),
    NEVER_FIRES("W0007", "a trigger that never fires");

    private final String id;
    private final String meaning;

    Code(String id, String meaning) {
        this.id = id;
        this.meaning = meaning;
    }

    /** As users see it. */
    String id() {
        return id;
    }

    /** In one line, for the table of codes. */
    String meaning() {
        return meaning;
    }
}
