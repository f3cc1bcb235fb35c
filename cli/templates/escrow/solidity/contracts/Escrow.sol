// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Holds what a buyer pays until the goods are there: released to the seller by the buyer, or refunded after the time.
contract Escrow {
    address public immutable buyer;
    address public immutable seller;
    uint256 public immutable deadline;
    uint256 public amount;

    event Deposited(address indexed buyer, uint256 amount);
    event Released(address indexed seller, uint256 amount);
    event Refunded(address indexed buyer, uint256 amount);

    constructor(address payee, uint256 duration) {
        buyer = msg.sender;
        seller = payee;
        deadline = block.timestamp + duration;
    }

    function deposit() external payable {
        require(msg.sender == buyer, "only the buyer");
        require(block.timestamp < deadline, "too late");
        amount += msg.value;
        emit Deposited(msg.sender, msg.value);
    }

    function release() external {
        require(msg.sender == buyer, "only the buyer");
        emit Released(seller, pay(seller));
    }

    function refund() external {
        require(block.timestamp >= deadline, "too early");
        emit Refunded(buyer, pay(buyer));
    }

    /// What is paid is no longer there before the payee's code runs.
    function pay(address to) private returns (uint256 paid) {
        paid = amount;
        require(paid > 0, "nothing is held");
        amount = 0;
        (bool taken, ) = to.call{value: paid}("");
        require(taken, "payment refused");
    }
}
