// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

import {MessageSender} from "@delchain/solidity/messages.sol";

/// Sends a message, and keeps what it is told became of it.
contract Sender is MessageSender {
    uint256 private told;
    uint256 private succeeded;

    function post(address to, uint256 value, bytes calldata data) external payable returns (bytes32) {
        return _send(to, value, data, 300_000, 600_000);
    }

    function _onMessage(bytes32 id, bool success, bytes calldata) internal override {
        told = uint256(id);
        succeeded = success ? 1 : 0;
    }
}
