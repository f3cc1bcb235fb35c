<?php

declare(strict_types=1);

use DelChain\{Address, Contract, CustomError, Layout, Returns, Revert, Type, U256, View};

/** Records.sol in PHP. */
#[CustomError('Unknown(address who, uint8 kind)')]
final class Records extends Contract
{
    private const SPAN = '(uint64 from, uint64 to)';
    private const ENTRY = '(address owner, uint64 since, uint8 kind, uint256 amount, string note, '
        . self::SPAN . ' span, mapping(uint256 => uint256) parts)';

    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'first' => 'uint8',
            'span' => self::SPAN,
            'last' => 'uint8',
            'entries' => 'mapping(address => ' . self::ENTRY . ')',
            'spans' => self::SPAN . '[]',
        ]);
    }

    public function setSpan(int $from, int $to, #[Type('uint8')] int $tail): void
    {
        $this->state->span->set(['to' => $to, 'from' => $from]);
        $this->state->last->set($tail);
    }

    public function enter(Address $who, Kind $kind, U256 $amount, string $note): Kind
    {
        if ($kind === Kind::None) {
            throw Revert::error('Unknown(address,uint8)', $who, $kind);
        }
        $entry = $this->state->entries->at($who);
        $entry->owner->set($this->sender());
        $entry->since->set(7);
        $entry->kind->set($kind);
        $entry->amount->set($amount);
        $entry->note->set($note);
        $entry->span->set([1, 2]);
        $part = $entry->parts->at($amount);
        $part->set($part->get()->add(1));
        return Kind::from($entry->kind->get()->toInt());
    }

    public function leave(Address $who): void
    {
        $this->state->entries->at($who)->clear();
    }

    public function push(#[Type('(uint64,uint64)')] array $one): void
    {
        $this->state->spans->push()->set($one);
    }

    public function pop(): void
    {
        $this->state->spans->pop();
    }

    #[View, Returns('address', 'uint8', 'uint256', 'string', '(uint64,uint64)')]
    public function entry(Address $who): array
    {
        $one = $this->state->entries->at($who);
        return array_map(fn (string $name): mixed => $one->$name->get(), ['owner', 'kind', 'amount', 'note', 'span']);
    }

    #[View, Returns('(uint64,uint64)')]
    public function spanAt(U256 $index): array
    {
        return $this->state->spans->at($index)->get();
    }
}

enum Kind: int
{
    case None = 0;
    case Buyer = 1;
    case Seller = 2;
}
