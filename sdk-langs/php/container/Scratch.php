<?php

declare(strict_types=1);

namespace DelChain;

/** `/tmp`, emptied after a call: what one call leaves must not reach the next. */
final class Scratch
{
    private const FOLDER = '/tmp';
    private const OWNER_ALL = 0700;
    /** Each pass lifts every folder one level, and a container's /tmp holds 1,024 inodes. */
    private const PASSES_MAX = 1025;
    private const EXIT_SCRATCH = 74;

    private static int $lifted = 0;
    /** Of the folder when it is empty; a tmpfs adds to it for every entry. */
    private static int $size = 0;

    /** Before the first call, while it is empty. */
    public static function open(): void
    {
        self::$size = self::size();
    }

    /** Most calls leave nothing, which costs one look. Ends the program, and so the container, when something resists. */
    public static function empty(): void
    {
        if (self::size() === self::$size) {
            return;
        }
        for ($pass = 0; ($names = self::names(self::FOLDER)) !== []; $pass++) {
            if ($pass > self::PASSES_MAX) {
                exit(self::EXIT_SCRATCH);
            }
            foreach ($names as $name) {
                self::remove(self::FOLDER . '/' . $name);
            }
        }
    }

    /** Folders inside of a folder are lifted for the next pass, so that no depth makes a path too long. */
    private static function remove(string $path): void
    {
        if (@unlink($path)) {
            return;
        }
        @chmod($path, self::OWNER_ALL);
        foreach (self::names($path) as $name) {
            if (!@unlink("$path/$name")) {
                @chmod("$path/$name", self::OWNER_ALL);
                @rename("$path/$name", self::FOLDER . '/.lifted-' . ++self::$lifted);
            }
        }
        @rmdir($path);
    }

    private static function size(): int
    {
        clearstatcache(true, self::FOLDER);
        return (int) @filesize(self::FOLDER);
    }

    /** @return list<string> */
    private static function names(string $folder): array
    {
        return array_values(array_diff(@scandir($folder, SCANDIR_SORT_NONE) ?: [], ['.', '..']));
    }
}
