package dev.dagkeeper.workflow;

import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A name with the fields selected from it, such as {@code steps.extract.outputs.?rows}.
 *
 * @param root the name's node
 */
record CelChain(CelExpr root, List<Link> links) {
    private static final String OPTIONAL_SELECT = "_?._";

    /**
     * One field.
     *
     * @param optional selected with {@code .?}
     * @param test asked for with {@code has()}
     */
    record Link(String name, boolean optional, boolean test) {}

    String name() {
        return root.ident().name();
    }

    /** The chain a node is the end of, when it is one. */
    static Optional<CelChain> of(CelExpr end) {
        var links = new ArrayList<Link>();
        var node = end;
        while (true) {
            switch (node.getKind()) {
                case IDENT -> {
                    return Optional.of(new CelChain(node, links.reversed()));
                }
                case SELECT -> {
                    links.add(
                            new Link(node.select().field(), false, node.select().testOnly()));
                    node = node.select().operand();
                }
                case CALL -> {
                    var call = node.call();
                    if (!call.function().equals(OPTIONAL_SELECT)) {
                        return Optional.empty();
                    }
                    links.add(new Link(call.args().get(1).constant().stringValue(), true, false));
                    node = call.args().getFirst();
                }
                case CONSTANT, LIST, STRUCT, MAP, COMPREHENSION, NOT_SET -> {
                    return Optional.empty();
                }
            }
        }
    }
}
