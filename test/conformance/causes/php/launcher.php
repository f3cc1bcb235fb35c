<?php

// Serves the contracts beside it by the frame protocol, all calls in one process.

const HELLO = 1, CALL = 2, RESULT = 5, INPUT = 176;

$contracts = [];
foreach (file(__DIR__ . '/contracts.txt', FILE_IGNORE_NEW_LINES) as $line) {
    [$selector, $name] = explode(' ', $line);
    $contracts[$selector] = require __DIR__ . "/$name.php";
}
$channel = stream_socket_client(str_replace('unix:', 'unix://', getenv('DELCHAIN_CHANNEL')));

function frame($channel, int $type, int $exchange, string $body): void
{
    fwrite($channel, pack('NCJ', 9 + strlen($body), $type, $exchange) . $body);
}

frame($channel, HELLO, 0, "\0\1");
while (true) {
    $head = stream_get_contents($channel, 13);
    if (strlen($head) < 13) {
        exit(0);
    }
    ['length' => $length, 'exchange' => $exchange] = unpack('Nlength/Ctype/Jexchange', $head);
    $call = stream_get_contents($channel, $length - 9);
    $number = $contracts[bin2hex(substr($call, INPUT, 4))]();
    frame($channel, RESULT, $exchange, "\0" . str_repeat("\0", 24) . pack('J', $number));
    frame($channel, HELLO, $exchange, "\0\1");
}
