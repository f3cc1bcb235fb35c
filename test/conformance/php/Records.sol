// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// Structs and an enum in every place that storage has for them.
contract Records {
    enum Kind {
        None,
        Buyer,
        Seller
    }
    struct Span {
        uint64 from;
        uint64 to;
    }
    struct Entry {
        address owner;
        uint64 since;
        Kind kind;
        uint256 amount;
        string note;
        Span span;
        mapping(uint256 => uint256) parts;
    }

    uint8 first = 0;
    Span span;
    uint8 last;
    mapping(address => Entry) entries;
    Span[] spans;

    error Unknown(address who, Kind kind);

    function setSpan(uint64 from, uint64 to, uint8 tail) external {
        span = Span(from, to);
        last = tail;
    }

    function enter(address who, Kind kind, uint256 amount, string calldata note) external returns (Kind) {
        Entry storage entry = entries[who];
        if (kind == Kind.None) revert Unknown(who, kind);
        entry.owner = msg.sender;
        entry.since = 7;
        entry.kind = kind;
        entry.amount = amount;
        entry.note = note;
        entry.span = Span(1, 2);
        entry.parts[amount] += 1;
        return entry.kind;
    }

    function leave(address who) external {
        delete entries[who];
    }

    function push(Span calldata one) external {
        spans.push(one);
    }

    function pop() external {
        spans.pop();
    }

    function entry(address who) external view returns (address, Kind, uint256, string memory, Span memory) {
        Entry storage one = entries[who];
        return (one.owner, one.kind, one.amount, one.note, one.span);
    }

    function spanAt(uint256 index) external view returns (Span memory) {
        return spans[index];
    }
}
