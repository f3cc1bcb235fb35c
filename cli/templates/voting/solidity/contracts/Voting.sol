// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A vote between numbered options: one for each address, until the time is over.
contract Voting {
    uint256 public immutable options;
    uint256 public immutable deadline;
    mapping(uint256 option => uint256) public votes;
    mapping(address voter => bool) public hasVoted;

    event Voted(address indexed voter, uint256 indexed option);

    constructor(uint256 count, uint256 duration) {
        require(count > 0, "no options");
        options = count;
        deadline = block.timestamp + duration;
    }

    function vote(uint256 option) external {
        require(block.timestamp < deadline, "too late");
        require(option < options, "no such option");
        require(!hasVoted[msg.sender], "voted already");
        hasVoted[msg.sender] = true;
        votes[option]++;
        emit Voted(msg.sender, option);
    }

    /// The option with the most votes; of several, the first.
    function winner() external view returns (uint256 best) {
        require(block.timestamp >= deadline, "too early");
        for (uint256 option = 1; option < options; option++) {
            if (votes[option] > votes[best]) best = option;
        }
    }
}
