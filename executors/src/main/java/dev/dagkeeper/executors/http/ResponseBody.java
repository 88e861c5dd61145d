package dev.dagkeeper.executors.http;

import dev.dagkeeper.executors.http.CappedBody.Content;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a response's body says, by its content type. */
final class ResponseBody {
    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([^\";\\s]+)");
    private static final Pattern JSON_TYPE = Pattern.compile("[^;]*[/+]json\\s*(;.*)?");
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ResponseBody() {}

    /** JSON when it is declared as JSON and is, else text; empty when it was cut off. */
    static Optional<JsonNode> value(HttpResponse<Content> response) {
        if (!response.body().whole()) {
            return Optional.empty();
        }
        var text = text(response);
        if (JSON_TYPE.matcher(contentType(response)).matches() && !text.isBlank()) {
            try {
                return Optional.of(STRICT.readTree(text));
            } catch (JacksonException notJson) {
                return Optional.of(JsonNodeFactory.instance.stringNode(text));
            }
        }
        return Optional.of(JsonNodeFactory.instance.stringNode(text));
    }

    static String text(HttpResponse<Content> response) {
        return new String(response.body().bytes(), charset(contentType(response)));
    }

    private static String contentType(HttpResponse<Content> response) {
        return response.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
    }

    private static Charset charset(String contentType) {
        var declared = CHARSET.matcher(contentType);
        if (!declared.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(declared.group(1));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return StandardCharsets.UTF_8;
        }
    }
}
