package org.delchain.container;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.objectweb.asm.tree.ClassNode;

/** The classes of a contract, to be looked up by internal name as in `org/delchain/U256`. */
final class ContractClasses {
    private final Map<String, ClassNode> byName = new TreeMap<>();

    void add(ClassNode node) {
        byName.put(node.name, node);
    }

    Iterable<ClassNode> all() {
        return byName.values();
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Whether the class, or one of the contract's that it extends or implements, declares the method or field. */
    boolean declares(String owner, String name, String descriptor) {
        return lineage(owner).stream().filter(this::has).map(byName::get).anyMatch(node -> declaresItself(node, name, descriptor));
    }

    /** The classes of Java's that it extends or implements, itself or by classes of the contract. */
    List<String> foreignSupertypes(String owner) {
        List<String> foreign = new ArrayList<>(lineage(owner));
        foreign.removeIf(this::has);
        return foreign;
    }

    private static boolean declaresItself(ClassNode node, String name, String descriptor) {
        return node.methods.stream().anyMatch(method -> method.name.equals(name) && method.desc.equals(descriptor))
                || node.fields.stream().anyMatch(field -> field.name.equals(name) && field.desc.equals(descriptor));
    }

    private Set<String> lineage(String owner) {
        Set<String> found = new LinkedHashSet<>();
        collect(owner, found);
        return found;
    }

    private void collect(String name, Set<String> found) {
        if (name == null || !found.add(name) || !has(name)) {
            return;
        }
        ClassNode node = byName.get(name);
        collect(node.superName, found);
        node.interfaces.forEach(above -> collect(above, found));
    }
}
