package org.delchain.container;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * The first process of a container with a contract in Java. It verifies the contract's classes, says HELLO, and runs every
 * call with a class loader of its own (PROTOCOL.md, "Course of a call": it is one process, and promises what `fork` does).
 */
final class Launcher {
    private static final byte[] VERSION = {0, 1};
    private static final long START = 0;
    /** What stands before the input. */
    private static final int CALL_FIELD_BYTES = 176;
    /** Then whoever starts the process says HELLO in its place. */
    private static final boolean ISOLATED = "process".equals(System.getenv("DELCHAIN_ISOLATION"));

    private final FrameStream stream;
    private final PrintStream standardError = System.err;
    private final Map<String, byte[]> classes;
    private final String main;
    private ContractLoader loader = new ContractLoader(Map.of());
    private Class<?> prepared;

    private Launcher(FrameStream stream, Map<String, byte[]> classes, String main) {
        this.stream = stream;
        this.classes = classes;
        this.main = main;
    }

    /** Arguments: the folder with the contract's classes, and the name of the one that is its {@link Program}. */
    public static void main(String[] arguments) throws IOException {
        Map<String, byte[]> classes = Verifier.verified(ContractFiles.read(Path.of(arguments[0])));
        FrameStream stream = FrameStream.open(System.getenv("DELCHAIN_CHANNEL"));
        new Launcher(stream, classes, arguments[1]).serve();
    }

    private void serve() throws IOException {
        prepare();
        hello(START);
        while (true) {
            Frame frame = stream.receive();
            if (frame.type() != Frame.CALL || frame.body().length < CALL_FIELD_BYTES) {
                throw Exit.with(Exit.PROTOCOL, "a frame of type " + frame.type() + " instead of a call");
            }
            run(frame);
            if (ISOLATED) {
                throw Exit.with(Exit.DONE, "");
            }
            hello(frame.exchange());
            prepare();
        }
    }

    /** Loads what the last call used for the next one, while the host is busy with the last; nothing of it runs. */
    private void prepare() {
        try {
            ContractLoader next = new ContractLoader(classes);
            for (String name : loader.loaded()) {
                next.loadClass(name).getDeclaredMethods();
            }
            prepared = next.loadClass(main);
            loader = next;
        } catch (ClassNotFoundException missing) {
            throw Exit.with(Exit.NO_CONTRACT, "there is no class " + missing.getMessage());
        }
    }

    private void run(Frame frame) throws IOException {
        RunningCall call = new RunningCall(stream, frame.exchange());
        Exchange.begin(frame.body(), call);
        Output output = Output.begin();
        byte[] result = Outcome.of(prepared);
        output.end(call, standardError);
        if (!call.isStopped()) {
            stream.send(new Frame(Frame.RESULT, frame.exchange(), result));
        }
    }

    private void hello(long exchange) throws IOException {
        stream.send(new Frame(Frame.HELLO, exchange, VERSION));
    }
}
