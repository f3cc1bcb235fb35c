package org.delchain;

/** Where exceptions come from, in tiers that have a virtual machine of Java's own. */
final class StackLines {
    private StackLines() {}

    /** File and line of the contract, as {@code Token.java:31}; empty where there is none. */
    static String of(Throwable thrown) {
        for (StackTraceElement element : thrown.getStackTrace()) {
            String name = element.getClassName();
            if (isInternal(name) || element.getLineNumber() < 0) continue;
            boolean isOwnConstructor =
                    "<init>".equals(element.getMethodName())
                            && name.equals(thrown.getClass().getName());
            if (!isOwnConstructor) return element.getFileName() + ":" + element.getLineNumber();
        }
        return "";
    }

    private static boolean isInternal(String className) {
        return className.startsWith("java.")
                || className.startsWith("jdk.")
                || className.startsWith("org.delchain.");
    }
}
