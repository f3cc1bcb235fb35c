package org.delchain.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Asks the host for the running call, until the host says stop. */
final class RunningCall {
    /** The call's gas is used up: unwinds the contract, which cannot catch it (Guard). */
    static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("the call's gas is used up", null, false, false);
        }
    }

    private static final int ABSENT = 1;
    private static final int REFUSED = 2;
    private static final int STOP = 3;
    /** The most that a HOSTCALL may have, so that its frame is one: the smallest FRAME_BYTES less its header and operation. */
    private static final int ARGUMENT_BYTES_MAX = 1024 * 1024 - Frame.HEADER_BYTES - 1;

    private final FrameStream stream;
    private final long exchange;
    private boolean stopped;

    RunningCall(FrameStream stream, long exchange) {
        this.stream = stream;
        this.exchange = exchange;
    }

    boolean isStopped() {
        return stopped;
    }

    byte[] ask(int operation, byte[] arguments) {
        if (stopped) {
            throw new Stopped();
        }
        if (arguments.length > ARGUMENT_BYTES_MAX) {
            throw new Refused("a host call has at most 1,048,566 bytes");
        }
        try {
            return answer(exchanged(operation, arguments));
        } catch (IOException broken) {
            throw Exit.with(Exit.STREAM, broken.toString());
        }
    }

    private byte[] exchanged(int operation, byte[] arguments) throws IOException {
        byte[] body = new byte[1 + arguments.length];
        body[0] = (byte) operation;
        System.arraycopy(arguments, 0, body, 1, arguments.length);
        stream.send(new Frame(Frame.HOSTCALL, exchange, body));
        Frame reply = stream.receive();
        if (reply.type() != Frame.HOSTREPLY || reply.exchange() != exchange || reply.body().length == 0) {
            throw Exit.with(Exit.PROTOCOL, "a frame of type " + reply.type() + " instead of the reply");
        }
        return reply.body();
    }

    private byte[] answer(byte[] reply) {
        byte[] data = new byte[reply.length - 1];
        System.arraycopy(reply, 1, data, 0, data.length);
        switch (reply[0]) {
            case ABSENT:
                return null;
            case REFUSED:
                throw new Refused(new String(data, StandardCharsets.UTF_8));
            case STOP:
                stopped = true;
                throw new Stopped();
            default:
                return data;
        }
    }
}
