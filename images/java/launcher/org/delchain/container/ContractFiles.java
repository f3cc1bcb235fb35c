package org.delchain.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The class files of a contract and of the SDK that it was compiled with. */
final class ContractFiles {
    static final int CLASSES_MAX = 1_024;
    static final int CLASS_BYTES_MAX = 1024 * 1024;
    private static final String ENDING = ".class";

    private ContractFiles() {
    }

    /** Class files below a folder by the path that their names give them, as in `org/delchain/U256`. */
    static SortedMap<String, byte[]> read(Path folder) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.filter(path -> path.toString().endsWith(ENDING)).forEach(path -> {
                String name = folder.relativize(path).toString();
                files.put(name.substring(0, name.length() - ENDING.length()), bytesOf(path));
                if (files.size() > CLASSES_MAX) {
                    throw Exit.with(Exit.NO_CONTRACT, "a contract has at most 1,024 classes; leave out what it does not use");
                }
            });
        } catch (IOException unreadable) {
            throw Exit.with(Exit.NO_CONTRACT, "no folder of classes: " + unreadable);
        }
        return files;
    }

    private static byte[] bytesOf(Path path) {
        try {
            if (Files.size(path) > CLASS_BYTES_MAX) {
                throw Exit.with(Exit.NO_CONTRACT, path + " has more than 1 MiB; split the class");
            }
            return Files.readAllBytes(path);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
