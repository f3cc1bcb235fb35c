<?php

declare(strict_types=1);

namespace DelChain;

/** Where something happened, as people know it: `Token.php:12`, and `contract.php:12` for a source that has no name. */
final class Place
{
    public const UNNAMED = 'contract.php';

    /** How PHP names the file of code that came in a message. */
    private const EVALUATED = "eval()'d code";

    /** Of a source of several files: path and first line of each. @var list<array{string, int}> */
    public static array $files = [];

    public static function of(string $file, int $line): string
    {
        if (!self::isEvaluated($file)) {
            return basename($file) . ":$line";
        }
        // What the contract evaluates itself stands where it does.
        $isNested = preg_match('/' . preg_quote(self::EVALUATED, '/') . '\((\d+)\)/', $file, $outer) === 1;
        return self::inSource($isNested ? (int) $outer[1] : $line);
    }

    /** By the line in the whole source. */
    public static function inSource(int $line): string
    {
        $place = self::UNNAMED . ":$line";
        foreach (self::$files as [$path, $first]) {
            if ($first <= $line) {
                $place = basename($path) . ':' . ($line - $first + 1);
            }
        }
        return $place;
    }

    /** The contract's own line, also where the SDK threw for what the contract gave it. */
    public static function ofThrown(\Throwable $thrown): string
    {
        $top = ['file' => $thrown->getFile(), 'line' => $thrown->getLine()];
        foreach ([$top, ...$thrown->getTrace()] as $frame) {
            if (isset($frame['file']) && !self::isOurs($frame['file'])) {
                return self::of($frame['file'], $frame['line']);
            }
        }
        return self::of($top['file'], $top['line']);
    }

    private static function isOurs(string $file): bool
    {
        return dirname($file) === __DIR__ && !self::isEvaluated($file);
    }

    private static function isEvaluated(string $file): bool
    {
        return str_ends_with($file, self::EVALUATED);
    }
}
