<?php

declare(strict_types=1);

namespace DelChain;

/** The program around the contract: gives every call a process of its own (PROTOCOL.md, "Course of a call"). */
final class Launcher
{
    private const VERSION = "\0\1";
    private const START = "\0\0\0\0\0\0\0\0";
    private const SUCCESS = "\0";
    private const REVERT = "\1";
    private const TRAP_SIGNAL = 1;
    private const TRAP_EXIT = 2;
    private const TRAP_START = 3;
    private const FIRST_PROCESS = 1;
    private const EXCHANGE_BYTES = 8;
    /**
     * How a call's process ends well: taking PHP down in order would cost three times the call. A signal that PHP does
     * not handle and nothing else sends.
     */
    private const DONE = SIGVTALRM;
    /** The protocol's limit. */
    /** The selector of delchain_constructor(). */
    private const CONSTRUCTOR = "\x8f\xd5\xc4\x32";
    private const OUTPUT_BYTES_MAX = 65536;
    /** What a contract prints is for its developer; the rest of a flood is dropped. */
    private const PRINTED_BYTES_MAX = 4096;

    private readonly bool $isFirstProcess;

    private function __construct(private readonly Stream $stream, private readonly Contract $contract)
    {
        $this->isFirstProcess = getmypid() === self::FIRST_PROCESS;
    }

    /** Never returns. `warm` forks too: a process for each call keeps every promise of a shared one but speed. */
    public static function serve(Contract $contract): never
    {
        self::loadAll();
        $contract->prepare();
        Scratch::open();
        $launcher = new self(Stream::open((string) getenv('DELCHAIN_CHANNEL')), $contract);
        $forks = getenv('DELCHAIN_ISOLATION') !== 'process';
        $launcher->hello(self::START);
        while (true) {
            $forks ? $launcher->fork() : $launcher->run(...$launcher->receive());
        }
    }

    /** @return array{string, Call} eight bytes that name the call on the stream, and the call */
    private function receive(): array
    {
        [$type, $exchange, $body] = $this->stream->receive();
        $call = $type === Stream::CALL ? Call::decode($body) : null;
        return [$exchange, $call ?? exit(Stream::EXIT_PROTOCOL)];
    }

    /** Every class of the SDK, so that no call reads and compiles one for itself. */
    private static function loadAll(): void
    {
        foreach (glob(__DIR__ . '/*.php') ?: [] as $file) {
            require_once $file;
        }
    }

    /**
     * The first process of a container forks before the call comes, so that nobody waits for the fork. Elsewhere the
     * waiting process would outlive a launcher that is killed, and keep its stream open.
     */
    private function fork(): void
    {
        [$told, $tell] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0) ?: exit(Stream::EXIT_STREAM);
        $received = $this->isFirstProcess ? null : $this->receive();
        $child = @pcntl_fork();
        if ($child === -1) {
            $this->trap(($received ?? $this->receive())[0], self::TRAP_START, pcntl_get_last_error());
            return;
        }
        if ($child === 0) {
            if (!$this->isFirstProcess) {
                posix_setsid();
            }
            [$exchange, $call] = $received ?? $this->receive();
            // Told once, and out of the contract's reach before it runs.
            fwrite($tell, $exchange);
            fclose($tell);
            fclose($told);
            $this->run($exchange, $call);
        }
        fclose($tell);
        pcntl_waitpid($child, $status);
        $exchange = (string) fread($told, self::EXCHANGE_BYTES);
        fclose($told);
        if ($exchange === '') {
            exit(pcntl_wifsignaled($status) ? Stream::EXIT_STREAM : pcntl_wexitstatus($status));
        }
        $this->sweep($child);
        $this->report($exchange, $status);
    }

    /** Removes what the call left: as process 1 every process and file; elsewhere, the child's session. */
    private function sweep(int $child): void
    {
        posix_kill($this->isFirstProcess ? -1 : -$child, SIGKILL);
        if (!$this->isFirstProcess) {
            return;
        }
        while (pcntl_waitpid(-1, $status) > 0) {
            continue;
        }
        Scratch::empty();
    }

    private function report(string $exchange, int $status): void
    {
        if (pcntl_wifsignaled($status) && pcntl_wtermsig($status) !== self::DONE) {
            $this->trap($exchange, self::TRAP_SIGNAL, pcntl_wtermsig($status));
        } elseif (pcntl_wifexited($status) && pcntl_wexitstatus($status) !== 0) {
            $this->trap($exchange, self::TRAP_EXIT, pcntl_wexitstatus($status));
        } else {
            $this->hello($exchange);
        }
    }

    /** In the call's own process. PHP's warnings and what the contract prints go to the host's debug log. */
    private function run(string $exchange, Call $call): never
    {
        $host = new StreamHost($this->stream, $exchange, $call);
        set_error_handler(function (int $level, string $message, string $file, int $line) use ($host): bool {
            $host->debug("$message in " . Place::of($file, $line));
            return true;
        });
        $printed = '';
        ob_start(function (string $text) use (&$printed): string {
            $printed = substr($printed . $text, 0, self::PRINTED_BYTES_MAX);
            return '';
        }, self::PRINTED_BYTES_MAX);
        [$status, $output] = $this->outcome($host);
        ob_end_clean();
        if ($printed !== '') {
            $host->debug($printed);
        }
        $this->stream->send(Stream::RESULT, $exchange, $status . $output);
        if ($this->isFirstProcess) {
            posix_kill(getmypid(), self::DONE);
        }
        exit(0);
    }

    /** @return array{string, string} status and output */
    private function outcome(Host $host): array
    {
        try {
            $output = $this->output($host);
        } catch (Revert $revert) {
            return [self::REVERT, $revert->data];
        } catch (\Throwable $thrown) {
            return [self::REVERT, Revert::ofThrown($thrown)->data];
        }
        if (strlen($output) > self::OUTPUT_BYTES_MAX) {
            return [self::REVERT, Revert::because('an output has at most 65,536 bytes')->data];
        }
        return [self::SUCCESS, $output];
    }

    /** The host calls the constructor by a selector in which nobody else speaks (PROTOCOL.md, "Constructor"). */
    private function output(Host $host): string
    {
        $input = $host->call->input;
        if (!str_starts_with($input, self::CONSTRUCTOR)) {
            return $this->contract->run($host);
        }
        $this->contract->construct($host, substr($input, strlen(self::CONSTRUCTOR)));
        return '';
    }

    private function hello(string $exchange): void
    {
        $this->stream->send(Stream::HELLO, $exchange, self::VERSION);
    }

    private function trap(string $exchange, int $kind, int $detail): void
    {
        $this->stream->send(Stream::TRAP, $exchange, pack('CN', $kind, $detail));
    }
}
