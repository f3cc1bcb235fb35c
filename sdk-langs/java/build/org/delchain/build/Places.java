package org.delchain.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;

/**
 * Where records stand in the sources: ecj 3.38.0 gives messages about them and their fields no
 * place.
 */
final class Places {
    private Places() {}

    /**
     * {@code path:line: error: } of a record, or of the one that a field is in; empty for anything
     * else.
     */
    static String of(Element element, String sources) throws IOException {
        Element record =
                element.getKind() == ElementKind.RECORD_COMPONENT
                        ? element.getEnclosingElement()
                        : element;
        if (record.getKind() != ElementKind.RECORD || sources == null) return "";
        Pattern declaration = Pattern.compile("\\brecord\\s+" + record.getSimpleName() + "\\b");
        for (Path file : javaFiles(Path.of(sources))) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (declaration.matcher(lines.get(i)).find())
                    return file + ":" + (i + 1) + ": error: ";
            }
        }
        return "";
    }

    /** The first line of a file of this name that has a pattern; 0 when there is none. */
    static int lineOf(Path sources, String name, Pattern pattern) throws IOException {
        for (Path file : javaFiles(sources)) {
            if (!file.endsWith(name)) continue;
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) return i + 1;
            }
        }
        return 0;
    }

    /** All sources of a folder, sorted. */
    static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }
}
