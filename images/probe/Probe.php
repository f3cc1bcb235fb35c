<?php

declare(strict_types=1);

use DelChain\Address;
use DelChain\Contract;
use DelChain\Keccak;
use DelChain\Revert;
use DelChain\U256;

/** The contract that the SDK's tests call; probe.c says what its inputs mean. */
final class Probe extends Contract
{
    private int $calls = 0;

    protected function dispatch(string $input): string
    {
        $rest = substr($input, 1);
        return match ($input === '' ? -1 : ord($input[0])) {
            1 => $this->host()->storageGet($rest),
            2 => (string) $this->host()->storagePut(substr($rest, 0, 32), substr($rest, 32)),
            3 => $this->host()->get($rest) ?? 'absent',
            4 => $this->put($rest),
            5 => (string) $this->host()->delete($rest),
            6 => $this->log($rest),
            7 => $this->host()->keccak256($rest),
            8 => $this->host()->sha256($rest),
            9 => $this->host()->balance(new Address($rest))->word(),
            10 => $this->host()->gasLeft()->word(),
            11 => (string) $this->host()->debug($rest),
            12 => $this->send($rest),
            13 => $this->iterate($rest),
            32 => throw Revert::withData("\x08\xc3\x79\xa0"),
            33 => '',
            34 => U256::of(1)->word(),
            35 => $this->signal(SIGSEGV),
            36 => $this->signal(SIGKILL),
            37 => exit(255),
            38 => U256::of(++$this->calls)->word(),
            39 => Keccak::hash($rest),
            40 => U256::fromWord(substr($rest, 0, 32))->add(U256::fromWord(substr($rest, 32)))->word(),
            41 => U256::fromWord(substr($rest, 0, 32))->sub(U256::fromWord(substr($rest, 32)))->word(),
            42 => $this->leaveChild(),
            43 => $this->pollute(),
            44 => throw new DomainException('out of eggs'),
            45 => str_repeat('x', PHP_INT_MAX),
            46 => str_repeat("\0", 65535 + strlen($input)),
            47 => $this->dispatch($input),
            60 => $this->draw(ord($rest[0]), U256::fromWord(substr($rest, 1))),
            default => $this->report(),
        };
    }

    private function put(string $rest): string
    {
        $length = unpack('n', $rest)[1];
        $this->host()->put(substr($rest, 2, $length), substr($rest, 2 + $length));
        return '';
    }

    private function log(string $rest): string
    {
        $count = ord($rest[0]);
        $topics = $count === 0 ? [] : str_split(substr($rest, 1, 32 * $count), 32);
        $this->host()->log($topics, substr($rest, 1 + 32 * $count));
        return '';
    }

    private function iterate(string $rest): string
    {
        ['limit' => $limit, 'from' => $from] = unpack('nlimit/nfrom', $rest);
        $text = '';
        foreach ($this->host()->range(substr($rest, 4, $from), substr($rest, 4 + $from), $limit) as $key => $value) {
            $text .= "$key=$value;";
        }
        return $text;
    }

    private function draw(int $length, U256 $bound): string
    {
        $random = $this->host()->random();
        return $random->bytes($length) . $random->u256()->word() . $random->below($bound)->word();
    }

    private function send(string $rest): string
    {
        [, $gas, $callbackGas] = unpack('J2', substr($rest, 52, 16));
        $to = new Address(substr($rest, 0, 20));
        $value = U256::fromWord(substr($rest, 20, 32));
        return $this->host()->send($to, $value, substr($rest, 68), $gas, $callbackGas)->bytes;
    }

    private function signal(int $signal): never
    {
        posix_kill(getmypid(), $signal);
        exit(1);
    }

    private function leaveChild(): string
    {
        if (pcntl_fork() === 0) {
            while (true) {
                sleep(1000);
            }
        }
        return '';
    }

    /** All the ways in which PHP writes to its output. */
    private function pollute(): string
    {
        echo 'printed';
        file_put_contents('php://stdout', 'to standard output');
        file_put_contents('php://output', ' and to the output');
        echo $undefined;
        return '';
    }

    private function report(): string
    {
        $call = $this->call();
        $u64 = fn (U256 $value): string => substr($value->word(), 24);
        return implode('', [
            $call->contract->bytes,
            $call->sender->bytes,
            $call->origin->bytes,
            $call->value->word(),
            $u64($call->chainId),
            $u64($call->blockNumber),
            $u64($call->timestamp),
            $call->producer->bytes,
            $call->seed->bytes,
            $u64($call->gasLimit),
            $call->input,
        ]);
    }
}
