package dev.dagkeeper.api.cli.faststart;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.DeadCodeOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine;

/**
 * picocli's classes have the format of Java 5, which the JVM verifies the slow way at every start and cannot cache: a third of
 * the time of a short command. The same code with stack maps, in the format of Java 8, has neither cost.
 */
final class ModernPicocli {
    private static final int JAVA_8 = 52;
    /** Any fixed time: the cache is tied to the jar's. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    /** picocli looks whether Groovy is there, which opens every jar of the class path: 50 to 100 ms. */
    private static final String GROOVY = "groovy.lang.Closure";
    /** Is not there either, and is looked for in one module only. */
    private static final String NOWHERE = "java.lang.Closure";

    private ModernPicocli() {}

    static void write(Path target) throws IOException {
        var unfinished = target.resolveSibling(target.getFileName() + ".new");
        try (var from = new ZipFile(jar().toFile());
                var to = new ZipOutputStream(Files.newOutputStream(unfinished))) {
            for (var entry : Collections.list(from.entries())) {
                byte[] content;
                try (var stream = from.getInputStream(entry)) {
                    content = stream.readAllBytes();
                }
                var copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(TIME);
                to.putNextEntry(copy);
                to.write(entry.getName().endsWith(".class") ? modern(content) : content);
                to.closeEntry();
            }
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path jar() throws IOException {
        try {
            return Path.of(CommandLine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("picocli is not in a jar file", e);
        }
    }

    private static byte[] modern(byte[] content) {
        var format = ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                DeadCodeOption.PATCH_DEAD_CODE,
                ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing(CommandLine.class.getClassLoader())));
        var model = format.parse(content);
        if (model.majorVersion() >= JAVA_8) {
            return content;
        }
        ClassTransform raise = (builder, element) -> {
            switch (element) {
                case ClassFileVersion version -> builder.with(ClassFileVersion.of(JAVA_8, 0));
                // Code that is taken apart and put together again gets its stack maps.
                case MethodModel method ->
                    builder.transformMethod(method, MethodTransform.transformingCode(ModernPicocli::copy));
                default -> builder.with(element);
            }
        };
        return format.transformClass(model, raise);
    }

    private static void copy(CodeBuilder code, CodeElement element) {
        if (element instanceof ConstantInstruction constant
                && constant.constantValue().equals(GROOVY)) {
            code.loadConstant(NOWHERE);
        } else {
            code.with(element);
        }
    }
}
