package org.delchain.build;

import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;
import org.teavm.backend.wasm.debug.info.InstructionLocation;
import org.teavm.backend.wasm.debug.info.LineInfo;
import org.teavm.backend.wasm.debug.info.LineInfoSequence;
import org.teavm.backend.wasm.debug.info.Location;
import org.teavm.backend.wasm.debug.parser.DebugInfoParser;
import org.teavm.common.ByteArrayAsyncInputStream;
import org.teavm.common.JsonUtil;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which line each position of a module comes from, as TeaVM's debug sections have it, and which
 * methods the author wrote: {@code {"files":["contracts/Token.java"],
 * "rows":[[position,file,line],…], "functions":[{"name":"transfer","file":0,"line":67,
 * "lastLine":68},…]}}. A row goes on to the next; one with a position alone is none of the author's.
 */
final class ModuleLines {
    /** TeaVM 0.13.1 counts from one byte before the code section's content. */
    private static final int POSITION_OFFSET = 1;

    private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+)\\$\\d+");

    /** Paths of the author's sources, as the project has them. */
    private final List<String> files;

    ModuleLines(Path sources) throws IOException {
        files =
                Places.javaFiles(sources).stream()
                        .map(file -> sources.relativize(file).toString())
                        .map(path -> path.replace(File.separatorChar, '/'))
                        .toList();
    }

    String write(Path module, Program program) throws IOException {
        return "{\"files\":["
                + String.join(",", quoted(files))
                + "],\"rows\":["
                + String.join(",", rows(module))
                + "],\"functions\":["
                + String.join(",", functions(program))
                + "]}";
    }

    private static List<String> quoted(List<String> texts) throws IOException {
        List<String> quoted = new ArrayList<>();
        for (String text : texts) {
            StringWriter out = new StringWriter();
            JsonUtil.writeEscapedString(out, text);
            quoted.add('"' + out.toString() + '"');
        }
        return quoted;
    }

    private List<String> rows(Path module) throws IOException {
        ByteArrayAsyncInputStream bytes = new ByteArrayAsyncInputStream(Files.readAllBytes(module));
        DebugInfoParser parser = new DebugInfoParser(bytes);
        bytes.readFully(parser::parse);
        LineInfo lines = parser.getDebugInfo().lines();
        List<String> rows = new ArrayList<>();
        for (LineInfoSequence sequence : lines.sequences()) {
            for (InstructionLocation at : sequence.unpack().locations())
                rows.add(row(at.address() + POSITION_OFFSET, at.location()));
            rows.add("[" + (sequence.endAddress() + POSITION_OFFSET) + "]");
        }
        return rows;
    }

    /** Code that was inlined counts for the innermost line of the author's that led to it. */
    private String row(int position, Location location) {
        for (Location at = location; at != null; at = outer(at)) {
            int file = at.file() == null ? -1 : indexOf(at.file().fullName());
            if (file >= 0) return "[" + position + "," + file + "," + at.line() + "]";
        }
        return "[" + position + "]";
    }

    private static Location outer(Location location) {
        return location.inlining() == null ? null : location.inlining().location();
    }

    /**
     * @param name a source as class files have it: its package and the file's name
     */
    private int indexOf(String name) {
        for (int i = 0; i < files.size(); i++) {
            String path = files.get(i);
            if (path.equals(name) || path.endsWith("/" + name)) return i;
        }
        return -1;
    }

    /** One a line: what a record has beside its constructor is nothing that anybody wrote. */
    private Collection<String> functions(Program program) {
        Map<String, String> functions = new LinkedHashMap<>();
        for (ClassNode owner : program.own()) {
            int folder = owner.name.lastIndexOf('/') + 1;
            int file = indexOf(owner.name.substring(0, folder) + owner.sourceFile);
            if (file < 0) continue;
            for (MethodNode method : owner.methods) {
                int[] lines = linesOf(method);
                // What ecj makes up for a record stands in the first line.
                if (lines.length == 0 || lines[0] == 1) continue;
                String function =
                        "{\"name\":\"%s\",\"file\":%d,\"line\":%d,\"lastLine\":%d}"
                                .formatted(
                                        nameOf(owner, method),
                                        file,
                                        lines[0],
                                        lines[lines.length - 1]);
                functions.putIfAbsent(file + ":" + lines[0], function);
            }
        }
        return functions.values();
    }

    private static int[] linesOf(MethodNode method) {
        List<Integer> lines = new ArrayList<>();
        for (AbstractInsnNode at : method.instructions) {
            if (at instanceof LineNumberNode) lines.add(((LineNumberNode) at).line);
        }
        return lines.stream().mapToInt(line -> line).sorted().toArray();
    }

    /** As the author calls it: a constructor has its class's name, a lambda is part of its method. */
    private static String nameOf(ClassNode owner, MethodNode method) {
        if (method.name.endsWith("init>")) {
            return owner.name.substring(
                    Math.max(owner.name.lastIndexOf('/'), owner.name.lastIndexOf('$')) + 1);
        }
        Matcher lambda = LAMBDA.matcher(method.name);
        return lambda.matches() ? lambda.group(1) : method.name;
    }
}
