// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// What a contract is called back with: what became of a message that it sent. `result` holds the first bytes of what
/// the call returned or reverted with; `msg.value` is the message's value when it failed.
interface IMessageCallback {
    function onMessage(bytes32 id, bool success, bytes calldata result) external payable;
}

/// The MESSAGES system contract: calls between contracts of every tier that run in a later block. It holds each message
/// until it has run, with its value and its prepaid gas, and is the one place that knows their rules and their money.
/// The protocol drives it by system calls and reads its storage, whose layout `chain/transition/messageState.ts` knows.
contract Messages {
    struct Message {
        address to;
        uint64 gas;
        uint8 hops;
        bool isCallback;
        // Whether `to` was a container when it was sent: the market that its gas was bought in.
        bool isOrdered;
        address from;
        uint64 callbackGas;
        bool fromContainer;
        address origin;
        // The block that it is held until; 0 for one that is not held, or not any more.
        uint64 notBefore;
        uint128 value;
        // What was paid for gas and is not spent yet.
        uint128 deposit;
        // Wei per gas, of the message and of its callback.
        uint64 price;
        uint64 callbackPrice;
        // The message in which it was sent, or of which it is the callback; for one that an ordered call sent, the call.
        bytes32 parent;
        bytes data;
    }

    /// A held message, and the container whose certified result it comes of.
    struct Held {
        bytes32 id;
        address subject;
    }

    /// What a contested result does to the messages that come of it, by the blocks that they are held until.
    struct Contest {
        bool isOpen;
        /// While it is open, what is held until this block or a later one is put aside when it is due.
        uint64 since;
        /// What was held until one of these blocks is void.
        uint64 voidFrom;
        uint64 voidTo;
        // Next slot.
        /// Places in what was put aside.
        uint64 first;
        uint64 next;
    }

    /// What a void message leaves.
    struct Credit {
        address payee;
        uint256 amount;
    }

    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    address private constant CHALLENGES = 0x0000000000000000000000000000000000DC0005;

    /// What ordering a container call costs.
    uint64 public constant ORDER_GAS = 100_000;
    /// Of one message, so that a block can always take the next one.
    uint64 public constant MESSAGE_GAS_MAX = 2 ** 24;
    uint256 public constant MESSAGE_BYTES_MAX = 4096;
    /// Messages that wait for a block, of all contracts. Those that are held do not count: who sends them waits for them.
    uint64 public constant MESSAGES_WAITING_MAX = 65_536;
    /// Messages in a row, each sent in the one before or in its callback.
    uint8 public constant MAX_HOPS = 32;
    /// Held messages that one block lets go.
    uint64 private constant RELEASE_MAX = 256;

    uint64 private first;
    uint64 private next;
    uint64 private heldFirst;
    uint64 private heldNext;
    /// The message that runs now; zero between messages.
    bytes32 public current;
    /// What ordering costs in this block, in wei per gas; the protocol writes it.
    uint64 public containerBaseFee;
    mapping(uint64 => bytes32) private waiting;
    mapping(uint64 => Held) private held;
    mapping(bytes32 => Message) private messages;
    /// What failed callbacks would have brought.
    mapping(address => uint256) public claimable;
    mapping(address subject => Contest) private contests;
    mapping(address subject => mapping(uint64 => bytes32)) private aside;
    /// Containers that are contested no longer and have messages put aside.
    address[] private settling;

    event MessageSent(
        bytes32 indexed id,
        address indexed from,
        address indexed to,
        bytes32 parent,
        uint256 value,
        uint64 gas,
        uint64 callbackGas,
        bytes data
    );
    event Voided(bytes32 indexed id, address indexed from, uint256 returned);
    event Claimed(address indexed from, address indexed to, uint256 amount);

    error NotTheProtocol(address caller);
    error DataTooLong(uint256 length, uint256 limit);
    error GasOutOfRange(uint64 gas, uint64 min, uint64 max);
    error OutboxFull(uint64 limit);
    error PaymentTooLow(uint256 paid, uint256 needed);
    error PaymentTooLarge(uint256 paid, uint256 limit);
    error TooManyHops(uint8 limit);
    error NotChallenges(address caller);
    error StillSettling(address subject);
    error ClaimRefused(address to, uint256 amount);

    modifier onlyProtocol() {
        if (msg.sender != SYSTEM) revert NotTheProtocol(msg.sender);
        _;
    }

    modifier onlyChallenges() {
        if (msg.sender != CHALLENGES) revert NotChallenges(msg.sender);
        _;
    }

    /// Calls `to` in a later block with `value` and `data`, as this call's sender. With `callbackGas` the sender is told
    /// what became of it (`IMessageCallback`); without, the value of a message that fails comes back by itself. Bring
    /// `value` and what `quote` says; what is not used is credited to the sender.
    function send(address to, uint256 value, bytes calldata data, uint64 gas, uint64 callbackGas)
        external
        payable
        returns (bytes32 id)
    {
        if (data.length > MESSAGE_BYTES_MAX) revert DataTooLong(data.length, MESSAGE_BYTES_MAX);
        if (msg.value > type(uint128).max) revert PaymentTooLarge(msg.value, type(uint128).max);
        if (next - first >= MESSAGES_WAITING_MAX) revert OutboxFull(MESSAGES_WAITING_MAX);
        bytes32 parent = current;
        uint8 hops = parent == 0 ? 1 : messages[parent].hops + 1;
        if (hops > MAX_HOPS) revert TooManyHops(MAX_HOPS);
        Message memory message;
        message.to = to;
        message.gas = gas;
        message.hops = hops;
        message.isOrdered = isContainer(to);
        message.from = msg.sender;
        message.callbackGas = callbackGas;
        message.origin = tx.origin;
        message.price = checkGas(gas, message.isOrdered);
        message.callbackPrice = callbackGas == 0 ? 0 : checkGas(callbackGas, false);
        message.parent = parent;
        message.data = data;
        uint256 needed = value + fee(message);
        if (msg.value < needed) revert PaymentTooLow(msg.value, needed);
        message.value = uint128(value);
        message.deposit = uint128(msg.value - value);
        id = newId();
        append(id, message, address(0));
    }

    /// What the gas of a message and of its callback costs in this block, in wei.
    function quote(address to, uint64 gas, uint64 callbackGas) external view returns (uint256) {
        uint256 cost = uint256(gas) * checkGas(gas, isContainer(to));
        return callbackGas == 0 ? cost : cost + uint256(callbackGas) * checkGas(callbackGas, false);
    }

    /// Sends the caller's part of failed callbacks to `to`.
    function claim(address payable to) external returns (uint256 amount) {
        amount = claimable[msg.sender];
        delete claimable[msg.sender];
        emit Claimed(msg.sender, to, amount);
        (bool taken,) = to.call{value: amount}("");
        if (!taken) revert ClaimRefused(to, amount);
    }

    /// A message that has not run yet; zeros for any other.
    function messageOf(bytes32 id) external view returns (Message memory) {
        return messages[id];
    }

    /// How many wait or are held.
    function count() public view returns (uint64) {
        return (next - first) + (heldNext - heldFirst);
    }

    // What follows is the protocol's.

    /// A message that a container's certified call sent, paid for already.
    function record(bytes32 id, Message calldata message) external onlyProtocol {
        append(id, message, message.from);
    }

    /// Takes the next message off the queue: it runs now.
    function begin() external onlyProtocol {
        current = take();
    }

    /// Takes the next message off the queue: its call is ordered, and its value and the price of its gas go to QUEUE.
    function order() external onlyProtocol {
        Message storage message = messages[take()];
        message.deposit -= uint128(uint256(message.gas) * message.price);
        delete message.data;
    }

    /// Ends a message that has run, or could not: `spent` is the price of the gas that it used, of its deposit, and its
    /// callback is held until block `notBefore`. Returns what is left, for whoever paid.
    function settle(bytes32 id, bool success, uint256 spent, uint64 notBefore, bytes calldata result)
        external
        onlyProtocol
        returns (address payee, uint256 credit)
    {
        delete current;
        Message memory message = messages[id];
        delete messages[id];
        credit = message.deposit - spent;
        uint256 returned = success ? 0 : message.value;
        if (message.isCallback) {
            claimable[message.to] += returned;
            return (message.to, credit);
        }
        if (message.callbackGas == 0) return (message.from, credit + returned);
        uint256 cost = uint256(message.callbackGas) * message.callbackPrice;
        Message memory callback = callbackOf(id, message, success, returned, cost, result);
        callback.notBefore = notBefore;
        append(newId(), callback, message.to);
        return (message.from, credit - cost);
    }

    /// Lets go of messages that are due: those that were put aside first, then those that are held, in the order of their
    /// sending. Returns what void ones leave to their senders.
    function release() external onlyProtocol returns (Credit[] memory credits) {
        credits = new Credit[](RELEASE_MAX);
        uint256 count = 0;
        uint64 left = RELEASE_MAX;
        while (settling.length > 0 && left > 0) {
            address subject = settling[settling.length - 1];
            Contest storage contested = contests[subject];
            for (; contested.first < contested.next && left > 0; left--) {
                bytes32 id = aside[subject][contested.first];
                delete aside[subject][contested.first++];
                count = letGo(id, contested, credits, count);
            }
            if (contested.first == contested.next) settling.pop();
        }
        for (; heldFirst < heldNext && left > 0; left--) {
            Held memory one = held[heldFirst];
            uint64 notBefore = messages[one.id].notBefore;
            if (notBefore > block.number) break;
            delete held[heldFirst++];
            Contest storage contested = contests[one.subject];
            if (contested.isOpen && notBefore >= contested.since) aside[one.subject][contested.next++] = one.id;
            else count = letGo(one.id, contested, credits, count);
        }
        assembly ("memory-safe") {
            mstore(credits, count)
        }
    }

    /// A result of a container is contested: what comes of it, and of what was certified since, is not delivered before
    /// the verdict.
    function contest(address subject, uint64 since) external onlyChallenges {
        Contest storage contested = contests[subject];
        if (contested.first != contested.next) revert StillSettling(subject);
        contested.isOpen = true;
        contested.since = since;
    }

    /// The verdict. Void is what is held until block `until` at most.
    function endContest(address subject, bool isVoid, uint64 until) external onlyChallenges {
        Contest storage contested = contests[subject];
        contested.isOpen = false;
        if (isVoid) {
            // A second verdict while the first one's messages are held takes all between them too.
            if (contested.voidTo < block.number) contested.voidFrom = contested.since;
            contested.voidTo = until;
        }
        if (contested.first != contested.next) settling.push(subject);
    }

    /// A void message runs no more, and its sender gets all of it back; a void callback says that the call has failed.
    function letGo(bytes32 id, Contest storage contested, Credit[] memory credits, uint256 count)
        private
        returns (uint256)
    {
        Message storage message = messages[id];
        uint64 notBefore = message.notBefore;
        bool isVoid = contested.voidFrom <= notBefore && notBefore <= contested.voidTo;
        if (isVoid && !message.isCallback) {
            uint256 returned = uint256(message.value) + message.deposit;
            credits[count++] = Credit(message.from, returned);
            emit Voided(id, message.from, returned);
            delete messages[id];
            return count;
        }
        if (isVoid) message.data = abi.encodeCall(IMessageCallback.onMessage, (message.parent, false, ""));
        message.notBefore = 0;
        waiting[next++] = id;
        return count;
    }

    function callbackOf(
        bytes32 id,
        Message memory message,
        bool success,
        uint256 value,
        uint256 deposit,
        bytes memory result
    ) private view returns (Message memory callback) {
        callback.to = message.from;
        callback.gas = message.callbackGas;
        callback.hops = message.hops + 1;
        callback.isCallback = true;
        callback.isOrdered = message.fromContainer;
        callback.from = address(this);
        callback.origin = message.origin;
        callback.value = uint128(value);
        callback.deposit = uint128(deposit);
        callback.price = message.callbackPrice;
        callback.parent = id;
        callback.data = abi.encodeCall(IMessageCallback.onMessage, (id, success, result));
    }

    function append(bytes32 id, Message memory message, address subject) private {
        if (message.notBefore > block.number) {
            held[heldNext++] = Held(id, subject);
        } else {
            message.notBefore = 0;
            waiting[next++] = id;
        }
        messages[id] = message;
        emit MessageSent(
            id,
            message.from,
            message.to,
            message.parent,
            message.value,
            message.gas,
            message.callbackGas,
            message.data
        );
    }

    function take() private returns (bytes32 id) {
        id = waiting[first];
        delete waiting[first++];
    }

    /// Every message counts one of the two up, and neither ever falls.
    function newId() private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, next, heldNext));
    }

    function fee(Message memory message) private pure returns (uint256) {
        return uint256(message.gas) * message.price + uint256(message.callbackGas) * message.callbackPrice;
    }

    /// The price of such gas in this block.
    function checkGas(uint64 gas, bool isOrdered) private view returns (uint64) {
        uint64 min = isOrdered ? ORDER_GAS : 0;
        if (gas < min || gas > MESSAGE_GAS_MAX) revert GasOutOfRange(gas, min, MESSAGE_GAS_MAX);
        return isOrdered ? containerBaseFee : uint64(block.basefee);
    }

    /// Stored code of a container begins so (design of the deployment envelope).
    function isContainer(address account) private view returns (bool) {
        bytes4 prefix;
        assembly ("memory-safe") {
            mstore(0, 0)
            extcodecopy(account, 0, 0, 4)
            prefix := mload(0)
        }
        return prefix == 0xefdc0103;
    }
}
