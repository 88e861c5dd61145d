package dev.dagkeeper.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgrapht.Graph;
import org.jgrapht.graph.DefaultEdge;

/**
 * The steps' names resolved to ordinals.
 *
 * @param needs by ordinal; unknown steps are left out
 * @param dependents by ordinal, ascending
 * @param order all ordinals, each after what it needs; empty when there is a cycle
 * @param whole whether every need was found
 */
record Resolution(
        Graph<Integer, DefaultEdge> graph,
        List<List<Step.Need>> needs,
        List<List<Integer>> dependents,
        Optional<List<Integer>> order,
        boolean whole) {

    static List<List<Integer>> dependentsOf(List<List<Step.Need>> needs) {
        var dependents = new ArrayList<List<Integer>>(needs.size());
        needs.forEach(n -> dependents.add(new ArrayList<>()));
        for (var step = 0; step < needs.size(); step++) {
            for (var need : needs.get(step)) {
                dependents.get(need.step()).add(step);
            }
        }
        return dependents;
    }
}
