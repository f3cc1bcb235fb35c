<?php

declare(strict_types=1);

namespace DelChain;

/**
 * A contract's source as it was deployed: one file, or several, each behind a line `#file PATH CLASS …` that a build
 * writes. Every file is compiled for itself, with its own namespace and imports. The first one always is, and those
 * that name no classes; others when a class of theirs is first needed.
 */
final class Source
{
    private const MARK = "\n#file ";
    /** Code of packages that others wrote. */
    private const FOREIGN = 'vendor/';

    /** @var list<array{string, int, string}> path, line of its first line in the source, text */
    private array $files = [];

    /** @var array<string, int> places in `files` by classes in lower case */
    private array $classes = [];

    /** @var list<int> */
    private array $eager = [];

    public function __construct(string $code)
    {
        if (!str_starts_with($code, self::MARK)) {
            $this->files[] = [Place::UNNAMED, 1, $code];
            $this->eager[] = 0;
            return;
        }
        $line = 1;
        foreach (array_slice(explode(self::MARK, $code), 1) as $index => $part) {
            [$head, $text] = [...explode("\n", $part, 2), ''];
            $classes = explode(' ', $head);
            $path = array_shift($classes);
            foreach ($classes as $class) {
                $this->classes[strtolower($class)] = $index;
            }
            if ($index === 0 || $classes === []) {
                array_unshift($this->eager, $index);
            }
            $this->files[] = [$path, $line + 2, $text];
            $line += substr_count($part, "\n") + 1;
        }
        Place::$files = array_map(fn (array $file): array => [$file[0], $file[1]], $this->files);
    }

    /** Compiles and runs what always is; the contract's own file comes last. */
    public function load(): void
    {
        if ($this->classes !== []) {
            spl_autoload_register(function (string $class): void {
                $index = $this->classes[strtolower($class)] ?? null;
                if ($index !== null) {
                    self::run($this->code($index));
                }
            });
        }
        foreach ($this->eager as $index) {
            self::run($this->code($index));
        }
    }

    /** Reverts for the first thing that a contract's own files may not call. */
    public function check(): void
    {
        foreach ($this->files as $index => [$path]) {
            if (str_starts_with($path, self::FOREIGN)) {
                continue;
            }
            // Its tag takes no line.
            foreach (SourceCheck::find('<?php' . $this->code($index), false) as ['line' => $line, 'message' => $message]) {
                throw Revert::because("$message (" . Place::inSource($line) . ')');
            }
        }
    }

    /** Lines keep the numbers that they have in the whole source, from which `Place` knows their file. */
    private function code(int $index): string
    {
        [, $line, $text] = $this->files[$index];
        return str_repeat("\n", $line - 1) . $text;
    }

    /** Outside of every class, so that a contract sees what any script sees. */
    private static function run(string $code): void
    {
        \Closure::bind(static function (string $source): void {
            eval($source);
        }, null, null)($code);
    }
}
