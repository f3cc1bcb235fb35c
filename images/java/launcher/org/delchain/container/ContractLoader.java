package org.delchain.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One call's classes: a contract's static fields live as long as its loader. */
final class ContractLoader extends ClassLoader {
    static final String SDK_PACKAGE = "org.delchain.container.";

    private final Map<String, byte[]> classes;
    private final List<String> loaded = new ArrayList<>();

    /** `classes` by their names with dots, as the verifier has passed them. */
    ContractLoader(Map<String, byte[]> classes) {
        super("contract", null);
        this.classes = classes;
    }

    /** The classes that its call used. */
    List<String> loaded() {
        return loaded;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes != null) {
            loaded.add(name);
            return defineClass(name, bytes, 0, bytes.length);
        }
        if (name.startsWith(SDK_PACKAGE)) {
            return Class.forName(name);
        }
        throw new ClassNotFoundException(name);
    }
}
