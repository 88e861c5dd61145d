package dev.dagkeeper.workflow;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelFunctionBinding;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The functions that workflows have besides CEL's own. */
final class CelFunctions {
    private static final int LONGEST_RANGE = 100_000;
    private static final int LONGEST_TEXT = 1_000_000;

    private CelFunctions() {}

    static List<String> names() {
        return declarations().stream().map(CelFunctionDecl::name).toList();
    }

    static List<CelFunctionDecl> declarations() {
        // Which types it may stand for the compiler checks.
        var number = TypeParamType.create("N");
        var ints = ListType.create(SimpleType.INT);
        return List.of(
                CelFunctionDecl.newFunctionDeclaration(
                        "date",
                        CelOverloadDecl.newGlobalOverload(
                                "date_timestamp_string", SimpleType.STRING, SimpleType.TIMESTAMP, SimpleType.STRING)),
                CelFunctionDecl.newFunctionDeclaration(
                        "format_time",
                        CelOverloadDecl.newGlobalOverload(
                                "format_time_timestamp_string_string",
                                SimpleType.STRING,
                                SimpleType.TIMESTAMP,
                                SimpleType.STRING,
                                SimpleType.STRING)),
                CelFunctionDecl.newFunctionDeclaration(
                        "sum", CelOverloadDecl.newGlobalOverload("sum_list", number, ListType.create(number))),
                CelFunctionDecl.newFunctionDeclaration(
                        "json", CelOverloadDecl.newGlobalOverload("json_string", SimpleType.DYN, SimpleType.STRING)),
                CelFunctionDecl.newFunctionDeclaration(
                        "basename",
                        CelOverloadDecl.newGlobalOverload("basename_string", SimpleType.STRING, SimpleType.STRING)),
                CelFunctionDecl.newFunctionDeclaration(
                        "range", CelOverloadDecl.newGlobalOverload("range_int", ints, SimpleType.INT)));
    }

    static List<CelFunctionBinding> bindings() {
        var bindings = new ArrayList<CelFunctionBinding>();
        bindings.add(CelFunctionBinding.from("date_timestamp_string", Instant.class, String.class, CelFunctions::date));
        bindings.add(CelFunctionBinding.from(
                "format_time_timestamp_string_string",
                List.of(Instant.class, String.class, String.class),
                arguments -> format((Instant) arguments[0], (String) arguments[1], (String) arguments[2])));
        bindings.add(CelFunctionBinding.from("sum_list", Collection.class, CelFunctions::sum));
        bindings.add(CelFunctionBinding.from("json_string", String.class, CelFunctions::json));
        bindings.add(CelFunctionBinding.from("basename_string", String.class, CelFunctions::basename));
        bindings.add(CelFunctionBinding.from("range_int", Long.class, CelFunctions::range));
        bindings.add(CelFunctionBinding.from("add_string", String.class, String.class, CelFunctions::join));
        return bindings;
    }

    private static String date(Instant time, String zone) {
        return LocalDate.ofInstant(time, zone(zone)).toString();
    }

    private static String format(Instant time, String pattern, String zone) {
        try {
            return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(time.atZone(zone(zone)));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException("format_time: pattern '" + pattern + "': " + e.getMessage(), e);
        }
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("unknown time zone '" + name + "'", e);
        }
    }

    private static Object sum(Collection<?> items) {
        var exact = 0L;
        var rounded = 0.0;
        var whole = true;
        for (var item : items) {
            // A list of unknown items may hold both kinds.
            if (item instanceof Long number) {
                exact = Math.addExact(exact, number);
                rounded += number;
            } else if (item instanceof Double number) {
                rounded += number;
                whole = false;
            } else {
                throw new IllegalArgumentException(
                        "sum: expected numbers, found " + TypedValue.shown(String.valueOf(item)));
            }
        }
        return whole ? (Object) exact : (Object) rounded;
    }

    private static Object json(String text) {
        try {
            return CelValues.fromJson(JsonMapper.shared().readTree(text));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "json: " + TypedValue.shown(text) + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String basename(String path) {
        var end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        var trimmed = path.substring(0, end);
        return trimmed.equals("/") ? trimmed : trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static List<Long> range(long count) {
        if (count < 0 || count > LONGEST_RANGE) {
            throw new IllegalArgumentException("range: expected 0 to " + LONGEST_RANGE + ", found " + count);
        }
        return java.util.stream.LongStream.range(0, count).boxed().toList();
    }

    /** CEL's own has no limit, and a few nested doublings fill any memory. */
    private static String join(String left, String right) {
        if (left.length() + right.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException("a text longer than " + LONGEST_TEXT + " characters");
        }
        return left + right;
    }
}
