<?php

// The first process of a container with a contract in PHP: loads the SDK and the contract, then serves calls.

declare(strict_types=1);

use DelChain\Contract;
use DelChain\Launcher;

const EXIT_NO_CONTRACT = 64;

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'DelChain\\')) {
        require __DIR__ . '/sdk/' . substr($class, strlen('DelChain\\')) . '.php';
    }
});

// The files of what the contract names, as the build found them.
$own = is_file(__DIR__ . '/autoload.php') ? require __DIR__ . '/autoload.php' : ['classes' => [], 'files' => []];
spl_autoload_register(static function (string $class) use ($own): void {
    $file = $own['classes'][strtolower($class)] ?? null;
    if ($file !== null) {
        require_once __DIR__ . "/contract/$file";
    }
});

$source = $argv[1] ?? '';
$vendor = __DIR__ . '/contract/vendor/autoload.php';
if (is_file($vendor)) {
    require $vendor;
} else {
    foreach ($own['files'] as $file) {
        require_once __DIR__ . "/contract/$file";
    }
}
require_once $source;

foreach (array_reverse(get_declared_classes()) as $class) {
    if (is_subclass_of($class, Contract::class) && !(new ReflectionClass($class))->isAbstract()) {
        Launcher::serve(new $class());
    }
}
fwrite(STDERR, "$source declares no class that extends DelChain\\Contract\n");
exit(EXIT_NO_CONTRACT);
