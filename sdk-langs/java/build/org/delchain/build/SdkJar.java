package org.delchain.build;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Packs the SDK for editors and Maven: {@code SdkJar CLASSES JAR}, with the annotation processor
 * announced as one. A Java runtime has no tool for it.
 */
public final class SdkJar {
    private static final String PROCESSORS =
            "META-INF/services/javax.annotation.processing.Processor";

    /** Dates would make each jar another one; zip's own begin in 1980. */
    private static final long TIME = 315_532_800_000L;

    private SdkJar() {}

    public static void main(String[] arguments) throws IOException {
        Path classes = Path.of(arguments[0]);
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream out = Files.newOutputStream(Path.of(arguments[1]));
                JarOutputStream jar = new JarOutputStream(out)) {
            add(jar, PROCESSORS, (ContractProcessor.class.getName() + "\n").getBytes());
            for (Path file : files) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                add(jar, name, Files.readAllBytes(file));
            }
        }
    }

    private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setTime(TIME);
        jar.putNextEntry(entry);
        jar.write(bytes);
        jar.closeEntry();
    }
}
