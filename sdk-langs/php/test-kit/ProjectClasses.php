<?php

declare(strict_types=1);

namespace DelChain;

/** Classes by the files of a folder, as a build finds them: a file may be called as it likes. */
final class ProjectClasses
{
    private const DECLARES = '/^\s*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(\w+)/mi';
    private const NAMESPACE = '/^\s*namespace\s+([\w\\\\]+)\s*[;{]/mi';

    public static function load(string $folder): void
    {
        $files = [];
        foreach (self::filesOf($folder) as $file) {
            $text = (string) file_get_contents($file);
            $namespace = preg_match(self::NAMESPACE, $text, $match) === 1 ? "$match[1]\\" : '';
            preg_match_all(self::DECLARES, $text, $matches);
            foreach ($matches[1] as $name) {
                $files[strtolower("$namespace$name")] = $file;
            }
        }
        spl_autoload_register(static function (string $class) use ($files): void {
            if (isset($files[strtolower($class)])) {
                require_once $files[strtolower($class)];
            }
        });
    }

    /** @return iterable<string> */
    private static function filesOf(string $folder): iterable
    {
        if (!is_dir($folder)) {
            return;
        }
        $all = new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS);
        foreach (new \RecursiveIteratorIterator($all) as $file) {
            if ($file->getExtension() === 'php') {
                yield $file->getPathname();
            }
        }
    }
}
