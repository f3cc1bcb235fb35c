// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

// OpenZeppelin's contracts as they are; what is added only lets a test mint.

contract Gold is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Gold", "GLD") {
        _mint(holder, supply);
    }
}

contract Deeds is ERC721 {
    constructor() ERC721("Deeds", "DEED") {}

    function mint(address to, uint256 id) external {
        _safeMint(to, id);
    }
}

contract Items is ERC1155 {
    constructor(address holder, uint256[] memory ids, uint256[] memory amounts) ERC1155("https://items.example/{id}") {
        _mintBatch(holder, ids, amounts, "");
    }
}

contract Vault is AccessControl {
    bytes32 public constant KEEPER = keccak256("KEEPER");
    uint256 public opened;

    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    function open() external onlyRole(KEEPER) {
        opened++;
    }
}

/// Takes deeds; a contract that does not say so is refused them.
contract Keeper is IERC721Receiver {
    function onERC721Received(address, address, uint256, bytes calldata) external pure returns (bytes4) {
        return this.onERC721Received.selector;
    }
}
