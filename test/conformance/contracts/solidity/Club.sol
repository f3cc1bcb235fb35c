// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the club in every other language is held to: packed values, strings, arrays, nested mappings, signed integers.
contract Club {
    address owner;
    uint64 members;
    bool isOpen;
    bytes3 tag;
    string name;
    mapping(address => mapping(string => int256)) scores;
    uint256[] history;
    uint24[] ranks;
    string[] notes;
    mapping(bytes32 => bytes) documents;
    int16 low;
    uint128 fund;

    event Opened(address indexed owner, string name, bytes3 tag);
    event Scored(address indexed who, string indexed topic, string text, int256 change, int256 total);
    event Noted(uint256 indexed index, string note, uint24[] ranks);

    error Closed();
    error NotOwner(address caller, address owner);
    error TooLow(address who, string topic, int256 total);

    function open(string calldata name_, bytes3 tag_) external {
        require(!isOpen, "already open");
        owner = msg.sender;
        isOpen = true;
        name = name_;
        tag = tag_;
        emit Opened(msg.sender, name_, tag_);
    }

    function join() external payable {
        if (!isOpen) revert Closed();
        members += 1;
        fund += uint128(msg.value);
    }

    function score(address[] calldata who, string calldata topic, int256[] calldata changes) external {
        if (msg.sender != owner) revert NotOwner(msg.sender, owner);
        require(who.length == changes.length, "one change for each");
        for (uint256 i = 0; i < who.length; i++) {
            int256 total = scores[who[i]][topic] + changes[i];
            if (total < -1000) revert TooLow(who[i], topic, total);
            scores[who[i]][topic] = total;
            if (total < low) low = int16(total);
            emit Scored(who[i], topic, topic, changes[i], total);
        }
    }

    function record(uint256 value) external {
        history.push(value);
    }

    function forget() external {
        history.pop();
    }

    function amend(uint256 index, uint256 value) external {
        history[index] = value;
    }

    function rank(uint24[] calldata values) external {
        for (uint256 i = 0; i < values.length; i++) ranks.push(values[i]);
    }

    function unrank() external {
        ranks.pop();
    }

    function rerank(uint256 index, uint24 value) external {
        ranks[index] = value;
    }

    function note(string calldata text) external {
        notes.push(text);
        emit Noted(notes.length - 1, text, ranks);
    }

    function editNote(uint256 index, string calldata text) external {
        notes[index] = text;
    }

    function dropNote() external {
        notes.pop();
    }

    function file(bytes32 id, bytes calldata data) external {
        documents[id] = data;
    }

    function summary()
        external
        view
        returns (address, uint64, bool, bytes3, string memory, int16, uint128)
    {
        return (owner, members, isOpen, tag, name, low, fund);
    }

    function scoreOf(address who, string calldata topic) external view returns (int256) {
        return scores[who][topic];
    }

    function all() external view returns (uint256[] memory, uint24[] memory, string[] memory) {
        return (history, ranks, notes);
    }

    function document(bytes32 id) external view returns (bytes memory) {
        return documents[id];
    }

    function unsignedMath(uint256 a, uint256 b) external pure returns (uint256, uint256, uint256) {
        return (a * b, a / b, a % b);
    }

    function signedMath(int256 a, int256 b) external pure returns (int256, int256, int256, int256) {
        return (a - b, a * b, a / b, a % b);
    }
}
