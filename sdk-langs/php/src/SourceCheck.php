<?php

declare(strict_types=1);

namespace DelChain;

/**
 * Finds calls of functions whose answer a machine would decide, or that a contract does not have, and says what to use
 * instead. It reads tokens, so it sees direct calls by name: a help for authors. What keeps nodes alike is the
 * interpreter of the wasm tier, and the committee of a container.
 */
final class SourceCheck
{
    private const TIME = 'the time is the block\'s: $this->call()->timestamp';
    private const CHANCE = 'chance that every node has alike is $this->host()->random()';
    private const MACHINE = 'a contract knows no machine: give the value as an argument, or keep it in storage';
    private const WAITING = 'a call waits for nothing; the time is $this->call()->timestamp';
    private const NETWORK = 'a contract has no network: another account sends it what it must know';
    private const PROGRAMS = 'a contract starts no programs, processes or threads';
    private const FILES = 'a contract of the wasm tier has no files: keep what must last in storage, and name classes, '
        . 'which a build brings along';
    private const DISK = 'what a disk says differs from host to host: keep what must last in storage';
    private const LIBM = 'its last bits depend on the processor: use U256, or the wasm tier';

    /** Above it the tokens might fill the interpreter's memory; no build takes such a file. */
    private const FILE_BYTES_MAX = 65536;

    /** Names in lower case; `prefix_*` for a family. */
    private const EVERYWHERE = [
        self::TIME => 'time microtime hrtime gettimeofday date_sunrise date_sunset',
        self::CHANCE => 'rand mt_rand srand mt_srand random_int random_bytes uniqid lcg_value shuffle array_rand '
            . 'str_shuffle openssl_random_pseudo_bytes',
        self::MACHINE => 'getenv putenv gethostname php_uname php_sapi_name phpinfo getmypid getmyuid getmyinode '
            . 'getlastmod getrusage get_current_user sys_getloadavg memory_get_usage memory_get_peak_usage gc_status posix_*',
        self::WAITING => 'sleep usleep time_nanosleep time_sleep_until set_time_limit',
        self::NETWORK => 'fsockopen pfsockopen socket_* stream_socket_* curl_* ftp_* ldap_* mysqli_* pg_* mail '
            . 'gethostbyname gethostbynamel gethostbyaddr dns_* checkdnsrr getmxrr',
        self::PROGRAMS => 'exec shell_exec system passthru popen proc_* pcntl_* dl',
    ];
    private const WASM = [
        self::FILES => 'fopen file readfile file_get_contents file_put_contents tmpfile tempnam unlink rename copy mkdir '
            . 'rmdir touch opendir scandir glob file_exists is_file is_dir stat filemtime filesize parse_ini_file',
    ];
    private const CONTAINER = [
        self::DISK => 'stat lstat filemtime fileatime filectime fileinode fileperms fileowner disk_free_space '
            . 'disk_total_space diskfreespace tempnam tmpfile opendir readdir dir',
        self::LIBM => 'sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp expm1 log log10 log1p',
    ];
    private const CLASSES = [
        'fiber' => self::PROGRAMS,
        'random\randomizer' => self::CHANCE,
        'random\engine\secure' => self::CHANCE,
    ];
    /** They mean now with fewer arguments. */
    private const NOW_BELOW = [
        'date' => 2, 'gmdate' => 2, 'idate' => 2, 'strtotime' => 2, 'date_create' => 1, 'date_create_immutable' => 1,
        'getdate' => 1, 'localtime' => 1, 'mktime' => 6, 'gmmktime' => 6,
    ];
    private const NOW_CLASSES = ['datetime', 'datetimeimmutable'];
    /** Before these a name is no function: a method, a declaration, an import. */
    private const NO_CALL = [
        T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON, T_FUNCTION, T_NEW, T_CONST, T_ATTRIBUTE,
    ];
    private const NAMES = [T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED];

    /** What to use instead of each name, by tier. @var array<string, array<string, string>> */
    private static array $lists = [];

    /** @var array<string, string> */
    private readonly array $refused;

    /** @var list<\PhpToken> without what means nothing */
    private readonly array $tokens;

    private function __construct(string $code, bool $isContainer)
    {
        $this->refused = self::refused($isContainer);
        // Tokens take fifty times the memory of their text.
        $isRead = strlen($code) <= self::FILE_BYTES_MAX && $this->isWorthReading($code);
        $tokens = $isRead ? \PhpToken::tokenize($code) : [];
        // The tag stays, so that every name has a token before it.
        $means = fn (\PhpToken $token): bool => !$token->isIgnorable() || $token->is(T_OPEN_TAG);
        $this->tokens = array_values(array_filter($tokens, $means));
    }

    /**
     * Names in lower case and what to use instead. Made once: before a snapshot is taken, so that no call makes it.
     *
     * @return array<string, string>
     */
    public static function refused(bool $isContainer): array
    {
        $lists = [...self::EVERYWHERE, ...($isContainer ? self::CONTAINER : self::WASM)];
        return self::$lists[$isContainer ? 'container' : 'wasm'] ??= array_merge(
            self::CLASSES,
            array_fill_keys([...array_keys(self::NOW_BELOW), ...self::NOW_CLASSES], self::TIME),
            ...array_map(
                fn (string $names, string $remedy): array => array_fill_keys(explode(' ', $names), $remedy),
                array_values($lists),
                array_keys($lists),
            ),
        );
    }

    /**
     * @param string $code a file that begins with its tag
     * @return list<array{line: int, offset: int, message: string}> in the file's order
     */
    public static function find(string $code, bool $isContainer): array
    {
        $check = new self($code, $isContainer);
        $found = [];
        foreach ($check->tokens as $index => $token) {
            $message = $check->refusal($index, $token);
            if ($message !== null) {
                $found[] = ['line' => $token->line, 'offset' => $token->pos, 'message' => $message];
            }
        }
        return $found;
    }

    /** Whether any of the names is called at all, be it in a comment. */
    private function isWorthReading(string $code): bool
    {
        preg_match_all('/\b\w++(?=\s*+\()|(?<=\bnew )[\w\\\\]++/', $code, $matches);
        foreach (array_unique($matches[0]) as $name) {
            if ($this->remedy(strtolower(ltrim($name, '\\'))) !== null) {
                return true;
            }
        }
        return str_contains($code, '`');
    }

    private function remedy(string $name): ?string
    {
        return $this->refused[$name] ?? $this->refused[strstr($name, '_', true) . '_*'] ?? null;
    }

    private function refusal(int $index, \PhpToken $token): ?string
    {
        if ($token->text === '`') {
            // The one that ends it says nothing new.
            return $this->isEven($index) ? '`…`: ' . self::PROGRAMS : null;
        }
        if (!$token->is(self::NAMES)) {
            return null;
        }
        $name = strtolower(ltrim($token->text, '\\'));
        $before = $this->tokens[$index - 1];
        if ($before->is(T_NEW)) {
            return $this->ofClass($index, $name, $token->text);
        }
        if ($before->is(self::NO_CALL) || ($this->tokens[$index + 1]->text ?? '') !== '(') {
            return null;
        }
        $remedy = $this->remedy($name);
        if ($remedy === null || isset(self::CLASSES[$name]) || in_array($name, self::NOW_CLASSES, true)) {
            return null;
        }
        if (isset(self::NOW_BELOW[$name])) {
            $isNow = $this->arguments($index + 1) < self::NOW_BELOW[$name];
            return $isNow ? "{$token->text}() without a timestamp: $remedy" : null;
        }
        return "{$token->text}(): $remedy";
    }

    private function ofClass(int $index, string $name, string $text): ?string
    {
        if (isset(self::CLASSES[$name])) {
            return "new $text: " . self::CLASSES[$name];
        }
        $isNow = in_array($name, self::NOW_CLASSES, true) && $this->arguments($index + 1) === 0;
        return $isNow ? "new $text without a time: " . self::TIME : null;
    }

    /** How many arguments the parentheses have that open at this token, if they do. */
    private function arguments(int $index): int
    {
        if (($this->tokens[$index]->text ?? '') !== '(' || ($this->tokens[$index + 1]->text ?? '') === ')') {
            return 0;
        }
        $count = 1;
        $depth = 0;
        for (; isset($this->tokens[$index]); $index++) {
            $text = $this->tokens[$index]->text;
            $depth += ['(' => 1, '[' => 1, '{' => 1, ')' => -1, ']' => -1, '}' => -1][$text] ?? 0;
            if ($depth === 0) {
                break;
            }
            $count += $depth === 1 && $text === ',' ? 1 : 0;
        }
        return $count;
    }

    private function isEven(int $index): bool
    {
        $before = array_filter(array_slice($this->tokens, 0, $index), fn (\PhpToken $one): bool => $one->text === '`');
        return count($before) % 2 === 0;
    }
}
