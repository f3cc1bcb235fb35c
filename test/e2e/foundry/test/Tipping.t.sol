// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IToken, Tipping} from "../src/Tipping.sol";

interface Vm {
    function envAddress(string calldata name) external view returns (address);
    function prank(address sender) external;
    function expectRevert(bytes calldata data) external;
}

interface IMintable is IToken {
    function mint(address to, uint256 amount) external;
}

/// Runs on a fork of the devnet, on the token that lies there.
contract TippingTest {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant BOB = address(0xb0b);
    IMintable private token;
    Tipping private tipping;

    function setUp() public {
        token = IMintable(VM.envAddress("TOKEN"));
        tipping = new Tipping();
    }

    function test_GivesAwayWhatItOwns() public {
        token.mint(address(tipping), 100);
        uint256 before = token.balanceOf(BOB);
        tipping.tip(token, BOB, 40);
        require(token.balanceOf(BOB) == before + 40 && token.balanceOf(address(tipping)) == 60, "balances");
    }

    function testFuzz_RefusesWhatItDoesNotOwn(uint256 amount) public {
        if (amount == 0) return;
        VM.expectRevert(abi.encodeWithSelector(Tipping.TooMuch.selector, amount, 0));
        tipping.tip(token, BOB, amount);
    }
}
