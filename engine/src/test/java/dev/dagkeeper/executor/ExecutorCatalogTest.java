package dev.dagkeeper.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ExecutorCatalogTest {
    @Test
    void types_come_in_order_of_their_names() {
        var catalog = ExecutorCatalog.of(List.of(new Named("b"), new Named("a")));
        assertThat(catalog.types()).extracting(StepType::name).containsExactly("a", "b");
        assertThat(catalog.find("b")).isPresent();
        assertThat(catalog.find("c")).isEmpty();
    }

    @Test
    void two_of_one_name_are_refused_and_both_named() {
        assertThatThrownBy(() -> ExecutorCatalog.of(List.of(new Named("a"), new Named("a"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'a'")
                .hasMessageContaining(Named.class.getName());
    }

    private record Named(String name) implements Executor {
        @Override
        public StepType type() {
            return new StepType(name, Optional.empty(), JsonMapper.shared().createObjectNode(), false, Map.of());
        }

        @Override
        public Result run(StepRequest step, StepContext context) {
            return new Result.Succeeded(Map.of());
        }
    }
}
