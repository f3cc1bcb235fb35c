// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IToken, Tipping} from "../src/Tipping.sol";

interface Vm {
    function envAddress(string calldata name) external view returns (address);
    function startBroadcast() external;
    function stopBroadcast() external;
}

interface IMintable is IToken {
    function mint(address to, uint256 amount) external;
}

/// Deploys on the devnet, mints, and tips: three transactions of one script.
contract Tip {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external {
        IMintable token = IMintable(VM.envAddress("TOKEN"));
        VM.startBroadcast();
        Tipping tipping = new Tipping();
        token.mint(address(tipping), 100);
        tipping.tip(token, VM.envAddress("TO"), 40);
        VM.stopBroadcast();
    }
}
