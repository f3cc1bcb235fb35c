<?php

declare(strict_types=1);

namespace DelChain;

/** Where something happened, as people know it: `Token.php:12`, and `contract.php:12` for a source that was deployed. */
final class Place
{
    /** How PHP names the file of code that came in a message. */
    private const EVALUATED = "eval()'d code";

    public static function of(string $file, int $line): string
    {
        return (str_ends_with($file, self::EVALUATED) ? 'contract.php' : basename($file)) . ":$line";
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
        return dirname($file) === __DIR__ && !str_ends_with($file, self::EVALUATED);
    }
}
