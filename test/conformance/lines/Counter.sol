// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// Fills slots in a loop. The lines that tests name are counted from 1.
contract Counter {
    mapping(uint256 => uint256) kept;
    uint256 immutable step;

    constructor(uint256 by) {
        step = by;
    }

    function fill(uint256 count, uint256 limit) external returns (uint256) {
        require(count <= limit, "too many");
        uint256 sum = 0;
        for (uint256 i = 0; i < count; i++) {
            kept[i] = i + step;
            sum += step;
        }
        return sum;
    }

    function ratio(uint256 x) external pure returns (uint256) {
        if (x > 5) {
            return x - 6;
        }
        return 10 / x;
    }
}
