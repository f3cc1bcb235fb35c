package org.delchain.patch;

/** What {@link Patch} puts into {@code java.lang.Class}: written here as Java. */
abstract class Template {
    private static final String LAMBDA = "$$Lambda$";

    private String name;

    abstract String initClassName();

    /** Java names a lambda's class by a count of all lambdas and an address: here it has neither. */
    private String stableName() {
        String given = initClassName();
        int at = given.indexOf(LAMBDA);
        if (at >= 0) {
            name = given.substring(0, at + 8);
            return name;
        }
        return given;
    }
}
