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
    /**
     * How a call's process ends well: taking PHP down in order would cost three times the call. A signal that PHP does
     * not handle and nothing else sends.
     */
    private const DONE = SIGVTALRM;
    /** The protocol's limit. */
    private const OUTPUT_BYTES_MAX = 65536;
    /** What a contract prints is for its developer; the rest of a flood is dropped. */
    private const PRINTED_BYTES_MAX = 4096;

    private function __construct(private readonly Stream $stream, private readonly Contract $contract)
    {
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
            [$type, $exchange, $body] = $launcher->stream->receive();
            if ($type !== Stream::CALL) {
                exit(Stream::EXIT_PROTOCOL);
            }
            $call = Call::decode($body) ?? exit(Stream::EXIT_PROTOCOL);
            $forks ? $launcher->fork($exchange, $call) : $launcher->run($exchange, $call);
        }
    }

    /** Every class of the SDK, so that no call reads and compiles one for itself. */
    private static function loadAll(): void
    {
        foreach (glob(__DIR__ . '/*.php') ?: [] as $file) {
            require_once $file;
        }
    }

    private function fork(string $exchange, Call $call): void
    {
        $child = @pcntl_fork();
        if ($child === -1) {
            $this->trap($exchange, self::TRAP_START, pcntl_get_last_error());
            return;
        }
        if ($child === 0) {
            if (posix_getppid() !== self::FIRST_PROCESS) {
                posix_setsid();
            }
            $this->run($exchange, $call);
        }
        pcntl_waitpid($child, $status);
        $this->sweep($child);
        if (pcntl_wifsignaled($status) && pcntl_wtermsig($status) === self::DONE) {
            $this->hello($exchange);
        } elseif (pcntl_wifsignaled($status)) {
            $this->trap($exchange, self::TRAP_SIGNAL, pcntl_wtermsig($status));
        } elseif (pcntl_wexitstatus($status) !== 0) {
            $this->trap($exchange, self::TRAP_EXIT, pcntl_wexitstatus($status));
        } else {
            $this->hello($exchange);
        }
    }

    /** Removes what the call left: as process 1 every process and file; elsewhere, the child's session. */
    private function sweep(int $child): void
    {
        $isFirst = getmypid() === self::FIRST_PROCESS;
        posix_kill($isFirst ? -1 : -$child, SIGKILL);
        while ($isFirst && pcntl_waitpid(-1, $status) > 0) {
            continue;
        }
        if ($isFirst) {
            Scratch::empty();
        }
    }

    /** In the call's own process. PHP's warnings and what the contract prints go to the host's debug log. */
    private function run(string $exchange, Call $call): never
    {
        $host = new StreamHost($this->stream, $exchange, $call);
        set_error_handler(function (int $level, string $message, string $file, int $line) use ($host): bool {
            $host->debug("$message in " . basename($file) . ":$line");
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
        if (posix_getppid() === self::FIRST_PROCESS) {
            posix_kill(getmypid(), self::DONE);
        }
        exit(0);
    }

    /** @return array{string, string} status and output */
    private function outcome(Host $host): array
    {
        try {
            $output = $this->contract->run($host);
        } catch (Revert $revert) {
            return [self::REVERT, $revert->data];
        } catch (\Throwable $thrown) {
            $place = basename($thrown->getFile()) . ':' . $thrown->getLine();
            return [self::REVERT, Revert::because($thrown->getMessage() . " in $place")->data];
        }
        if (strlen($output) > self::OUTPUT_BYTES_MAX) {
            return [self::REVERT, Revert::because('an output has at most 65,536 bytes')->data];
        }
        return [self::SUCCESS, $output];
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
