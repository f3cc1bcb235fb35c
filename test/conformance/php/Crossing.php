<?php

declare(strict_types=1);

use DelChain\{Address, Bytes32, Constructor, Contract, Event, Payable, Returns, Revert, Type, U256, View};

/** Reaches everything that a contract can reach, for tests of calls between tiers. */
#[Event('Crossed(address indexed by, uint256 value)')]
final class Crossing extends Contract
{
    #[Constructor, Payable]
    public function begin(U256 $first): void
    {
        if ($first->isZero()) {
            throw new DomainException('nothing to begin with');
        }
        $this->store(1, $first);
    }

    public function store(int $slot, U256 $value): void
    {
        $this->host()->storagePut(U256::of($slot)->word(), $value->word());
    }

    #[View]
    public function load(int $slot): U256
    {
        return U256::fromWord($this->host()->storageGet(U256::of($slot)->word()));
    }

    #[Payable, Returns('bytes')]
    public function forward(Address $to, #[Type('bytes')] string $input, U256 $value): string
    {
        return $this->host()->callContract($to, $input, $value);
    }

    #[Returns('bytes')]
    public function forwardStatic(Address $to, #[Type('bytes')] string $input): string
    {
        return $this->host()->callStatic($to, $input);
    }

    #[Returns('bytes')]
    public function forwardDelegate(Address $to, #[Type('bytes')] string $input): string
    {
        return $this->host()->callDelegate($to, $input);
    }

    /** What the other contract reverted with, and storage written before and after. */
    #[Returns('bytes')]
    public function attempt(Address $to, #[Type('bytes')] string $input): string
    {
        $this->store(2, U256::of(1));
        try {
            $this->host()->callContract($to, $input);
            return '';
        } catch (Revert $revert) {
            $this->store(3, U256::of(1));
            return $revert->data;
        }
    }

    public function create(#[Type('bytes')] string $initCode): Address
    {
        return $this->host()->create($initCode);
    }

    public function create2(#[Type('bytes')] string $initCode, Bytes32 $salt): Address
    {
        return $this->host()->create($initCode, null, $salt->bytes);
    }

    /** Calls itself `more` times, one in another, and says how many it came to. */
    public function descend(int $more): int
    {
        if ($more === 0) {
            return 1;
        }
        try {
            $answer = $this->host()->callContract(
                $this->call()->contract,
                DelChain\Abi::encodeCall('descend(uint64)', $more - 1),
            );
            return 1 + U256::fromWord($answer)->toInt();
        } catch (Revert) {
            return 1;
        }
    }

    public function fail(string $reason): void
    {
        $this->store(4, U256::of(1));
        $this->require(false, $reason);
    }

    public function spin(): void
    {
        for (;;);
    }

    public function cross(U256 $value): Address
    {
        $this->emit('Crossed(address,uint256)', [$this->sender()], [$value]);
        return $this->sender();
    }

    /** Of another account. */
    public function look(Address $account): U256
    {
        $host = $this->host();
        $this->require(strlen($host->code($account)) > 0, 'no code');
        $this->require($host->codeHash($account)->bytes !== str_repeat("\0", 32), 'no code hash');
        $slot = str_repeat("\1", 32);
        $host->transientPut($slot, $host->transientGet($slot));
        return $host->balance($account);
    }
}
