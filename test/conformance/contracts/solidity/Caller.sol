// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What callers in every language call.
contract Counter {
    uint256 count;

    error TooMuch(uint256 count, uint256 amount);

    function add(uint256 amount) external payable returns (uint256) {
        if (amount > 100) revert TooMuch(count, amount);
        count += amount + msg.value;
        return count;
    }

    function get() external view returns (uint256) {
        return count;
    }

    function refuse(string calldata reason) external pure returns (string memory) {
        if (bytes(reason).length > 0) revert(reason);
        return "no reason";
    }

    /// Calls its caller back.
    function echo(bytes calldata data) external {
        (bool isSuccess, bytes memory output) = msg.sender.call(data);
        if (!isSuccess) {
            assembly {
                revert(add(output, 32), mload(output))
            }
        }
    }
}

/// A constructor with arguments, typed calls, creations, the guard, receive and fallback.
contract Caller {
    address owner;
    string name;
    uint256 sum;
    bool transient isOpen;

    event Received(address indexed from, uint256 value);

    error ReentrancyGuardReentrantCall();

    constructor(address owner_, string memory name_, uint256[] memory values) payable {
        owner = owner_;
        name = name_;
        for (uint256 i = 0; i < values.length; i++) sum += values[i];
    }

    function forward(Counter target, uint256 amount) external payable returns (uint256) {
        return target.add{value: msg.value}(amount);
    }

    function attempt(Counter target, string calldata reason) external returns (bool, bytes memory) {
        try target.refuse(reason) returns (string memory text) {
            return (true, bytes(text));
        } catch (bytes memory data) {
            return (false, data);
        }
    }

    function peek(Counter target) external view returns (uint256) {
        return target.get();
    }

    function make(bytes memory code, bytes32 salt) external returns (address first, address second) {
        assembly {
            first := create(0, add(code, 32), mload(code))
            second := create2(0, add(code, 32), mload(code), salt)
        }
        require(first != address(0) && second != address(0), "not created");
    }

    function guarded(Counter target, bytes calldata data) external {
        if (isOpen) revert ReentrancyGuardReentrantCall();
        isOpen = true;
        target.echo(data);
        isOpen = false;
    }

    function summary() external view returns (address, string memory, uint256) {
        return (owner, name, sum);
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    fallback(bytes calldata input) external returns (bytes memory) {
        return input;
    }
}
