// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The tour's token, and the model for the other languages: same ABI, same storage slots, same revert data.
contract Token {
    mapping(address owner => uint256) public balanceOf;
    uint256 public totalSupply;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        uint256 have = balanceOf[msg.sender];
        require(have >= amount, "insufficient balance");
        balanceOf[msg.sender] = have - amount;
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }
}
