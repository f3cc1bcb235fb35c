// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// Calls between contracts of every tier that run in a later block (`chain/system/Messages.sol`).
interface IMessages {
    /// Calls `to` with `value` and `data` as its caller, and returns the message's id. Bring `value` and what `quote` says;
    /// what is not used is credited to the caller. With `callbackGas` the caller is told what became of it.
    function send(address to, uint256 value, bytes calldata data, uint64 gas, uint64 callbackGas)
        external
        payable
        returns (bytes32 id);

    /// What the gas of a message and of its callback costs in this block, in wei.
    function quote(address to, uint64 gas, uint64 callbackGas) external view returns (uint256);

    /// The message that runs now; zero in a transaction.
    function current() external view returns (bytes32);

    /// What the caller's failed callbacks would have brought, to `to`.
    function claim(address payable to) external returns (uint256 amount);

    function claimable(address contractAddress) external view returns (uint256);
}

IMessages constant MESSAGES = IMessages(0x0000000000000000000000000000000000dC0002);

/// A contract that sends messages and is told what became of them.
abstract contract MessageSender {
    error NotMessages(address caller);

    /// MESSAGES calls it once for each message with callback gas: `result` has the first bytes of what the call returned or
    /// reverted with, and `msg.value` is the value of a message that failed.
    function onMessage(bytes32 id, bool success, bytes calldata result) external payable {
        if (msg.sender != address(MESSAGES)) revert NotMessages(msg.sender);
        _onMessage(id, success, result);
    }

    function _onMessage(bytes32 id, bool success, bytes calldata result) internal virtual;

    /// Pays from this contract's balance.
    function _send(address to, uint256 value, bytes memory data, uint64 gas, uint64 callbackGas)
        internal
        returns (bytes32 id)
    {
        uint256 fee = MESSAGES.quote(to, gas, callbackGas);
        return MESSAGES.send{value: value + fee}(to, value, data, gas, callbackGas);
    }
}
