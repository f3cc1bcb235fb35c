// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

interface Forwarder {
    function forward(address target, bytes calldata data) external returns (bytes memory);
}

/// Sends a token through a WebAssembly contract and back: EVM -> WASM -> EVM in one transaction.
contract Relay {
    event Relayed(address indexed forwarder, address indexed token, address indexed to, uint256 amount);

    /// The token leaves the forwarder's own balance: the token sees it as the sender.
    function relay(address forwarder, address token, address to, uint256 amount) external returns (bool) {
        bytes memory answer = Forwarder(forwarder).forward(token, abi.encodeCall(Token.transfer, (to, amount)));
        emit Relayed(forwarder, token, to, amount);
        return abi.decode(answer, (bool));
    }
}
