// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Tokens that are one of a kind, with ERC-721's functions. Whoever deploys it mints them, numbered from 1.
contract Nft {
    string public constant name = "Deeds";
    string public constant symbol = "DEED";

    address public immutable minter;
    uint256 public totalSupply;
    mapping(uint256 id => address) private owners;
    mapping(address owner => uint256) public balanceOf;
    mapping(uint256 id => address) public getApproved;
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    constructor() {
        minter = msg.sender;
    }

    function mint(address to) external returns (uint256 id) {
        require(msg.sender == minter, "only the minter");
        require(to != address(0), "nobody to mint to");
        id = ++totalSupply;
        owners[id] = to;
        balanceOf[to]++;
        emit Transfer(address(0), to, id);
    }

    function ownerOf(uint256 id) public view returns (address owner) {
        owner = owners[id];
        require(owner != address(0), "no such token");
    }

    function approve(address to, uint256 id) external {
        address owner = ownerOf(id);
        require(msg.sender == owner || isApprovedForAll[owner][msg.sender], "not allowed");
        getApproved[id] = to;
        emit Approval(owner, to, id);
    }

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function transferFrom(address from, address to, uint256 id) external {
        require(ownerOf(id) == from, "not the owner");
        require(to != address(0), "nobody to give to");
        bool isOperator = isApprovedForAll[from][msg.sender];
        require(msg.sender == from || isOperator || getApproved[id] == msg.sender, "not allowed");
        delete getApproved[id];
        balanceOf[from]--;
        balanceOf[to]++;
        owners[id] = to;
        emit Transfer(from, to, id);
    }
}
