// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

interface Middle {
    function pass(address inner, uint256 count, uint256 limit) external returns (uint256);
}

/// The outermost of three: Solidity calls C, which calls Solidity.
contract Caller {
    function ask(address middle, address inner, uint256 count, uint256 limit) external returns (uint256) {
        return Middle(middle).pass(inner, count, limit);
    }
}
