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

    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    /// What ordering a container call costs.
    uint64 public constant ORDER_GAS = 100_000;
    /// Of one message, so that a block can always take the next one.
    uint64 public constant MESSAGE_GAS_MAX = 2 ** 24;
    uint256 public constant MESSAGE_BYTES_MAX = 4096;
    /// Messages that wait for a block or are held, of all contracts.
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
    mapping(uint64 => bytes32) private held;
    mapping(bytes32 => Message) private messages;
    /// What failed callbacks would have brought.
    mapping(address => uint256) public claimable;

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
    event Claimed(address indexed from, address indexed to, uint256 amount);

    error NotTheProtocol(address caller);
    error DataTooLong(uint256 length, uint256 limit);
    error GasOutOfRange(uint64 gas, uint64 min, uint64 max);
    error OutboxFull(uint64 limit);
    error PaymentTooLow(uint256 paid, uint256 needed);
    error PaymentTooLarge(uint256 paid, uint256 limit);
    error TooManyHops(uint8 limit);
    error NotHeld(bytes32 id);
    error ClaimRefused(address to, uint256 amount);

    modifier onlyProtocol() {
        if (msg.sender != SYSTEM) revert NotTheProtocol(msg.sender);
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
        if (count() >= MESSAGES_WAITING_MAX) revert OutboxFull(MESSAGES_WAITING_MAX);
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
        append(id, message);
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
        append(id, message);
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

    /// Ends a message that has run, or could not: `spent` is the price of the gas that it used, of its deposit. Returns
    /// what is left, for whoever paid.
    function settle(bytes32 id, bool success, uint256 spent, bytes calldata result)
        external
        onlyProtocol
        returns (address payee, uint256 credit)
    {
        delete current;
        return finish(id, success, spent, result);
    }

    /// Lets go of the held messages that are due, in the order of their sending.
    function release() external onlyProtocol {
        uint64 at = heldFirst;
        uint64 end = heldNext < at + RELEASE_MAX ? heldNext : at + RELEASE_MAX;
        for (; at < end; at++) {
            bytes32 id = held[at];
            Message storage message = messages[id];
            if (message.notBefore > block.number) break;
            delete held[at];
            // One that was cancelled left its place behind.
            if (message.notBefore == 0) continue;
            message.notBefore = 0;
            waiting[next++] = id;
        }
        heldFirst = at;
    }

    /// Ends a held message as one that failed.
    function cancel(bytes32 id) external onlyProtocol returns (address payee, uint256 credit) {
        if (messages[id].notBefore == 0) revert NotHeld(id);
        return finish(id, false, 0, "");
    }

    function finish(bytes32 id, bool success, uint256 spent, bytes memory result)
        private
        returns (address payee, uint256 credit)
    {
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
        append(newId(), callbackOf(id, message, success, returned, cost, result));
        return (message.from, credit - cost);
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

    function append(bytes32 id, Message memory message) private {
        if (message.notBefore > block.number) {
            held[heldNext++] = id;
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
