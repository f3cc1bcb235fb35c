// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

/// Prints on a devnet: `delchain logs`, `delchain dev` and `delchain test` show it. On other networks nothing happens but
/// a call that costs its gas. The address and the selectors are those of Hardhat's and forge-std's console.sol, which work too;
/// this one has one and two arguments. Texts may have `%s` and `%d`.
library console {
    function send(bytes memory data) private pure {
        // A view call that the compiler takes for a pure one, so that pure functions may print.
        function(bytes memory) view called = call;
        function(bytes memory) pure pretended;
        assembly {
            pretended := called
        }
        pretended(data);
    }

    function call(bytes memory data) private view {
        address at = 0x000000000000000000636F6e736F6c652e6c6f67;
        assembly {
            pop(staticcall(gas(), at, add(data, 32), mload(data), 0, 0))
        }
    }

    function log(uint256 a) internal pure {
        send(abi.encodeWithSignature("log(uint256)", a));
    }

    function log(string memory a) internal pure {
        send(abi.encodeWithSignature("log(string)", a));
    }

    function log(bool a) internal pure {
        send(abi.encodeWithSignature("log(bool)", a));
    }

    function log(address a) internal pure {
        send(abi.encodeWithSignature("log(address)", a));
    }

    function logInt(int256 a) internal pure {
        send(abi.encodeWithSignature("logInt(int256)", a));
    }

    function logBytes(bytes memory a) internal pure {
        send(abi.encodeWithSignature("logBytes(bytes)", a));
    }

    function logBytes32(bytes32 a) internal pure {
        send(abi.encodeWithSignature("logBytes32(bytes32)", a));
    }

    function log(uint256 a, uint256 b) internal pure {
        send(abi.encodeWithSignature("log(uint256,uint256)", a, b));
    }

    function log(uint256 a, string memory b) internal pure {
        send(abi.encodeWithSignature("log(uint256,string)", a, b));
    }

    function log(uint256 a, bool b) internal pure {
        send(abi.encodeWithSignature("log(uint256,bool)", a, b));
    }

    function log(uint256 a, address b) internal pure {
        send(abi.encodeWithSignature("log(uint256,address)", a, b));
    }

    function log(string memory a, uint256 b) internal pure {
        send(abi.encodeWithSignature("log(string,uint256)", a, b));
    }

    function log(string memory a, string memory b) internal pure {
        send(abi.encodeWithSignature("log(string,string)", a, b));
    }

    function log(string memory a, bool b) internal pure {
        send(abi.encodeWithSignature("log(string,bool)", a, b));
    }

    function log(string memory a, address b) internal pure {
        send(abi.encodeWithSignature("log(string,address)", a, b));
    }

    function log(bool a, uint256 b) internal pure {
        send(abi.encodeWithSignature("log(bool,uint256)", a, b));
    }

    function log(bool a, string memory b) internal pure {
        send(abi.encodeWithSignature("log(bool,string)", a, b));
    }

    function log(bool a, bool b) internal pure {
        send(abi.encodeWithSignature("log(bool,bool)", a, b));
    }

    function log(bool a, address b) internal pure {
        send(abi.encodeWithSignature("log(bool,address)", a, b));
    }

    function log(address a, uint256 b) internal pure {
        send(abi.encodeWithSignature("log(address,uint256)", a, b));
    }

    function log(address a, string memory b) internal pure {
        send(abi.encodeWithSignature("log(address,string)", a, b));
    }

    function log(address a, bool b) internal pure {
        send(abi.encodeWithSignature("log(address,bool)", a, b));
    }

    function log(address a, address b) internal pure {
        send(abi.encodeWithSignature("log(address,address)", a, b));
    }
}
