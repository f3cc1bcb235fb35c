package org.delchain.container;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;

/** Frames to and from the host. A broken stream or frame is the end of the program. */
final class FrameStream {
    /** The protocol's FRAME_BYTES_MAX: the host holds itself to the manifest's limit, which is never above it. */
    private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int LENGTH_BYTES = 4;

    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer sent = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private FrameStream(ReadableByteChannel in, WritableByteChannel out) {
        this.in = in;
        this.out = out;
    }

    /** Opens the stream of DELCHAIN_CHANNEL; what Java prints is no part of it afterwards. */
    static FrameStream open(String channel) throws IOException {
        if (channel.startsWith("unix:")) {
            SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(channel.substring("unix:".length())));
            return new FrameStream(socket, socket);
        }
        System.setOut(System.err);
        return new FrameStream(new FileInputStream(FileDescriptor.in).getChannel(), new FileOutputStream(FileDescriptor.out).getChannel());
    }

    void send(Frame frame) throws IOException {
        sent.clear();
        sent.putInt(Frame.HEADER_BYTES + frame.body().length).put((byte) frame.type()).putLong(frame.exchange());
        int at = 0;
        do {
            int count = Math.min(sent.remaining(), frame.body().length - at);
            sent.put(frame.body(), at, count).flip();
            at += count;
            while (sent.hasRemaining()) {
                out.write(sent);
            }
            sent.clear();
        } while (at < frame.body().length);
    }

    /** Waits for one frame. The end of the stream before it is the end of the program. */
    Frame receive() throws IOException {
        int length = ByteBuffer.wrap(read(LENGTH_BYTES, true)).getInt();
        if (length < Frame.HEADER_BYTES || length > FRAME_BYTES_MAX) {
            throw Exit.with(Exit.PROTOCOL, "a frame of " + length + " bytes");
        }
        ByteBuffer frame = ByteBuffer.wrap(read(length, false));
        int type = frame.get();
        long exchange = frame.getLong();
        byte[] body = new byte[frame.remaining()];
        frame.get(body);
        return new Frame(type, exchange, body);
    }

    private byte[] read(int length, boolean mayEnd) throws IOException {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;) {
            if (!received.hasRemaining()) {
                received.clear();
                int count = in.read(received);
                received.flip();
                if (count < 0) {
                    throw mayEnd && at == 0 ? Exit.with(Exit.DONE, "") : Exit.with(Exit.STREAM, "the stream ended inside a frame");
                }
            }
            int count = Math.min(received.remaining(), length - at);
            received.get(bytes, at, count);
            at += count;
        }
        return bytes;
    }
}
