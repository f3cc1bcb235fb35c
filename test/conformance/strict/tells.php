<?php
$temporary = tempnam('/tmp', 'x');
unlink($temporary);
echo json_encode([
    'microtime' => microtime(true),
    'hrtime' => hrtime(true),
    'date' => date('c'),
    'random_bytes' => bin2hex(random_bytes(8)),
    'random_int' => random_int(0, PHP_INT_MAX),
    'mt_rand' => mt_rand(),
    'rand' => rand(),
    'uniqid' => uniqid('', true),
    'lcg_value' => lcg_value(),
    'spl_object_hash' => spl_object_hash(new stdClass()),
    'array_rand' => array_rand(array_flip(range(1, 100)), 3),
    'getmypid' => getmypid(),
    'stat' => stat('/bridge')['ino'],
    'scandir' => scandir('/'),
    'uname' => php_uname(),
    'usage' => getrusage(),
    'tempnam' => $temporary,
    'memory' => memory_get_usage(),
]), "\n";
