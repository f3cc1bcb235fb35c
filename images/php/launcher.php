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

$source = $argv[1] ?? '';
$vendor = dirname($source) . '/vendor/autoload.php';
if (is_file($vendor)) {
    require $vendor;
}
require $source;

foreach (array_reverse(get_declared_classes()) as $class) {
    if (is_subclass_of($class, Contract::class) && !(new ReflectionClass($class))->isAbstract()) {
        Launcher::serve(new $class());
    }
}
fwrite(STDERR, "$source declares no class that extends DelChain\\Contract\n");
exit(EXIT_NO_CONTRACT);
