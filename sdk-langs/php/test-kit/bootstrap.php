<?php

declare(strict_types=1);

/*
 * What PHPUnit loads before a project's tests: the SDK and this kit, what Composer has installed, and the classes of the
 * project's contracts, wherever they lie among them.
 */

use DelChain\ProjectClasses;

spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'DelChain\\')) {
        return;
    }
    $name = substr($class, strlen('DelChain\\'));
    foreach (['src', 'test-kit', 'container'] as $part) {
        $file = dirname(__DIR__) . "/$part/$name.php";
        if (is_file($file)) {
            require $file;
            return;
        }
    }
});

$root = (string) getcwd();
if (is_file("$root/vendor/autoload.php")) {
    require "$root/vendor/autoload.php";
}
ProjectClasses::load("$root/contracts");
