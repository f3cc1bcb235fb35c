// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

interface IToken {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
}

/// Gives away tokens that it owns; the token may be a contract in any language that runs inside a transaction.
contract Tipping {
    event Tipped(address indexed token, address indexed to, uint256 amount);

    error TooMuch(uint256 asked, uint256 owned);

    function tip(IToken token, address to, uint256 amount) external {
        uint256 owned = token.balanceOf(address(this));
        if (amount > owned) revert TooMuch(amount, owned);
        require(token.transfer(to, amount), "the token refuses");
        emit Tipped(address(token), to, amount);
    }
}
