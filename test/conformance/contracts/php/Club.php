<?php

declare(strict_types=1);

use DelChain\Address;
use DelChain\Bytes32;
use DelChain\Contract;
use DelChain\I256;
use DelChain\Layout;
use DelChain\Payable;
use DelChain\Returns;
use DelChain\Revert;
use DelChain\Storage;
use DelChain\Type;
use DelChain\U256;
use DelChain\View;

/** Club.sol in PHP. */
final class Club extends Contract
{
    private readonly Layout $state;

    public function __construct()
    {
        $this->state = new Layout($this, [
            'owner' => 'address',
            'members' => 'uint64',
            'isOpen' => 'bool',
            'tag' => 'bytes3',
            'name' => 'string',
            'scores' => 'mapping(address => mapping(string => int256))',
            'history' => 'uint256[]',
            'ranks' => 'uint24[]',
            'notes' => 'string[]',
            'documents' => 'mapping(bytes32 => bytes)',
            'low' => 'int16',
            'fund' => 'uint128',
        ]);
    }

    public function open(string $name, #[Type('bytes3')] string $tag): void
    {
        $this->require(!$this->state->isOpen->get(), 'already open');
        $this->state->owner->set($this->sender());
        $this->state->isOpen->set(true);
        $this->state->name->set($name);
        $this->state->tag->set($tag);
        $this->emit('Opened(address indexed,string,bytes3)', [$this->sender()], [$name, $tag]);
    }

    #[Payable]
    public function join(): void
    {
        if (!$this->state->isOpen->get()) {
            throw Revert::error('Closed()');
        }
        $this->state->members->set($this->state->members->get()->add(1));
        $this->state->fund->set($this->state->fund->get()->add($this->call()->value));
    }

    public function score(
        #[Type('address[]')] array $who,
        string $topic,
        #[Type('int256[]')] array $changes,
    ): void {
        $owner = $this->state->owner->get();
        if (!$this->sender()->equals($owner)) {
            throw Revert::error('NotOwner(address,address)', $this->sender(), $owner);
        }
        $this->require(count($who) === count($changes), 'one change for each');
        foreach ($who as $index => $one) {
            $entry = $this->state->scores->at($one)->at($topic);
            $total = $entry->get()->add($changes[$index]);
            if ($total < I256::of(-1000)) {
                throw Revert::error('TooLow(address,string,int256)', $one, $topic, $total);
            }
            $entry->set($total);
            if ($total < $this->state->low->get()) {
                $this->state->low->set($total);
            }
            $this->emit(
                'Scored(address indexed,string indexed,string,int256,int256)',
                [$one, $topic],
                [$topic, $changes[$index], $total],
            );
        }
    }

    public function record(U256 $value): void
    {
        $this->state->history->push()->set($value);
    }

    public function forget(): void
    {
        $this->state->history->pop();
    }

    public function amend(U256 $index, U256 $value): void
    {
        $this->state->history->at($index)->set($value);
    }

    public function rank(#[Type('uint24[]')] array $values): void
    {
        foreach ($values as $value) {
            $this->state->ranks->push()->set($value);
        }
    }

    public function unrank(): void
    {
        $this->state->ranks->pop();
    }

    public function rerank(U256 $index, #[Type('uint24')] int $value): void
    {
        $this->state->ranks->at($index)->set($value);
    }

    public function note(string $text): void
    {
        $this->state->notes->push()->set($text);
        $index = $this->state->notes->length() - 1;
        $this->emit('Noted(uint256 indexed,string,uint24[])', [$index], [$text, $this->values($this->state->ranks)]);
    }

    public function editNote(U256 $index, string $text): void
    {
        $this->state->notes->at($index)->set($text);
    }

    public function dropNote(): void
    {
        $this->state->notes->pop();
    }

    public function file(Bytes32 $id, #[Type('bytes')] string $data): void
    {
        $this->state->documents->at($id)->set($data);
    }

    #[View, Returns('address', 'uint64', 'bool', 'bytes3', 'string', 'int16', 'uint128')]
    public function summary(): array
    {
        $names = ['owner', 'members', 'isOpen', 'tag', 'name', 'low', 'fund'];
        return array_map(fn (string $name): mixed => $this->state->$name->get(), $names);
    }

    #[View]
    public function scoreOf(Address $who, string $topic): I256
    {
        return $this->state->scores->at($who)->at($topic)->get();
    }

    #[View, Returns('uint256[]', 'uint24[]', 'string[]')]
    public function all(): array
    {
        return array_map($this->values(...), [$this->state->history, $this->state->ranks, $this->state->notes]);
    }

    #[View, Returns('bytes')]
    public function document(Bytes32 $id): string
    {
        return $this->state->documents->at($id)->get();
    }

    #[View, Returns('uint256', 'uint256', 'uint256')]
    public function unsignedMath(U256 $a, U256 $b): array
    {
        return [$a->mul($b), $a->div($b), $a->mod($b)];
    }

    #[View, Returns('int256', 'int256', 'int256', 'int256')]
    public function signedMath(I256 $a, I256 $b): array
    {
        return [$a->sub($b), $a->mul($b), $a->div($b), $a->mod($b)];
    }

    /** @return list<mixed> */
    private function values(Storage $list): array
    {
        $values = [];
        for ($index = 0; $index < $list->length(); $index++) {
            $values[] = $list->at($index)->get();
        }
        return $values;
    }
}
