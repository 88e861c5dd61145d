package dev.dagkeeper.executors.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dagkeeper.executors.sql.StatementText.Style;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\0',
            value = {
                "select :a, :b_2, :a ~ select ?, ?, ? ~ a b_2 a",
                "select ':a' || :b ~ select ':a' || ? ~ b",
                "select 'it''s :a', :b ~ select 'it''s :a', ? ~ b",
                "select E'it\\' :a', :b ~ select E'it\\' :a', ? ~ b",
                "select \":a\".x from \":a\" where y = :b ~ select \":a\".x from \":a\" where y = ? ~ b",
                "select now()::date, :a::int ~ select now()::date, ?::int ~ a",
                "select 1 -- :a ~ select 1 -- :a ~ ",
                "select /* :a /* :b */ :c */ :d ~ select /* :a /* :b */ :c */ ? ~ d",
                "select $$ :a $$, $t$ :b $$ $t$, :c ~ select $$ :a $$, $t$ :b $$ $t$, ? ~ c",
                "select '{}'::jsonb ? :a ~ select '{}'::jsonb ?? ? ~ a",
                "select x[1:2] ~ select x[1:2] ~ ",
                "select 'open :a ~ select 'open :a ~ "
            })
    void only_real_parameters_count(String text, String jdbc, String names) {
        var parsed = StatementText.parse(text, Style.NAMED);
        assertThat(parsed.jdbc()).isEqualTo(jdbc);
        assertThat(parsed.names()).isEqualTo(names == null ? List.of() : List.of(names.split(" ")));
    }

    @org.junit.jupiter.api.Test
    void positional_statements_stay_as_they_are() {
        assertThat(StatementText.parse("select ?, ':a', :b", Style.POSITIONAL).jdbc())
                .isEqualTo("select ?, ':a', :b");
    }
}
