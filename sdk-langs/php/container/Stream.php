<?php

declare(strict_types=1);

namespace DelChain;

/** Frames: u32 length | u8 type | u64 exchange | body (PROTOCOL.md, "Frame"). */
final class Stream
{
    public const HELLO = 1;
    public const CALL = 2;
    public const HOSTCALL = 3;
    public const HOSTREPLY = 4;
    public const RESULT = 5;
    public const TRAP = 6;

    /** Exit statuses when the host breaks the protocol or the stream: seen in the container's state only. */
    public const EXIT_STREAM = 70;
    public const EXIT_PROTOCOL = 71;

    /** The protocol's FRAME_BYTES_MAX: the host holds itself to the manifest's limit, which is never above it. */
    private const FRAME_BYTES_MAX = 16 * 1024 * 1024;
    /** Type and exchange, the part of `length` that is no body. */
    private const HEADER_BYTES = 9;

    /**
     * @param resource $in
     * @param resource $out
     */
    public function __construct(private $in, private $out)
    {
    }

    /** Opens the stream of DELCHAIN_CHANNEL; descriptors 0 and 1 are no part of it afterwards. */
    public static function open(string $channel): self
    {
        if (str_starts_with($channel, 'unix:')) {
            $socket = stream_socket_client('unix://' . substr($channel, 5));
            $stream = $socket === false ? exit(self::EXIT_STREAM) : new self($socket, $socket);
        } else {
            $stream = new self(fopen('php://fd/0', 'rb'), fopen('php://fd/1', 'wb'));
            self::replaceStandardStreams();
        }
        stream_set_read_buffer($stream->in, 0);
        stream_set_write_buffer($stream->out, 0);
        return $stream;
    }

    public function send(int $type, string $exchange, string $body): void
    {
        $frame = pack('NC', self::HEADER_BYTES + strlen($body), $type) . $exchange . $body;
        while ($frame !== '') {
            $written = @fwrite($this->out, $frame);
            if ($written === false || $written === 0) {
                exit(self::EXIT_STREAM);
            }
            $frame = substr($frame, $written);
        }
    }

    /**
     * Waits for one frame. The end of the stream before it is the end of the program.
     *
     * @return array{int, string, string} type, exchange, body
     */
    public function receive(): array
    {
        $head = $this->read(4, true);
        $length = unpack('N', $head)[1];
        if ($length < self::HEADER_BYTES || $length > self::FRAME_BYTES_MAX) {
            exit(self::EXIT_PROTOCOL);
        }
        $frame = $this->read($length, false);
        return [ord($frame[0]), substr($frame, 1, 8), substr($frame, self::HEADER_BYTES)];
    }

    private function read(int $length, bool $mayEnd): string
    {
        $bytes = '';
        while (strlen($bytes) < $length) {
            $piece = fread($this->in, $length - strlen($bytes));
            if ($piece === false || ($piece === '' && feof($this->in))) {
                exit($mayEnd && $bytes === '' ? 0 : self::EXIT_STREAM);
            }
            $bytes .= $piece;
        }
        return $bytes;
    }

    /** PHP has no dup2, but a newly opened file gets the lowest free descriptor: first 0, then 1. */
    private static function replaceStandardStreams(): void
    {
        static $kept = [];
        fclose(STDIN);
        $kept[] = fopen('/dev/null', 'rb');
        fclose(STDOUT);
        $kept[] = fopen('php://fd/2', 'wb');
    }
}
