//! Tokens that are one of a kind, with ERC-721's functions, on the unmodified stylus-sdk. Whoever deploys it mints
//! them, numbered from 1.

extern crate alloc;

use alloc::{string::String, vec::Vec};
use alloy_sol_types::{sol, Revert, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    prelude::*,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);
}

sol_storage! {
    #[entrypoint]
    pub struct Nft {
        address creator;
        uint256 supply;
        mapping(uint256 => address) owners;
        mapping(address => uint256) balances;
        mapping(uint256 => address) approved;
        mapping(address => mapping(address => bool)) operators;
    }
}

fn require(condition: bool, reason: &str) -> Result<(), Vec<u8>> {
    if condition {
        return Ok(());
    }
    Err(Revert::from(reason).abi_encode())
}

#[public]
impl Nft {
    #[constructor]
    pub fn constructor(&mut self) {
        let creator = self.vm().msg_sender();
        self.creator.set(creator);
    }

    pub fn name(&self) -> String {
        String::from("Deeds")
    }

    pub fn symbol(&self) -> String {
        String::from("DEED")
    }

    pub fn minter(&self) -> Address {
        self.creator.get()
    }

    pub fn total_supply(&self) -> U256 {
        self.supply.get()
    }

    pub fn owner_of(&self, id: U256) -> Result<Address, Vec<u8>> {
        let owner = self.owners.get(id);
        require(owner != Address::ZERO, "no such token")?;
        Ok(owner)
    }

    pub fn balance_of(&self, owner: Address) -> U256 {
        self.balances.get(owner)
    }

    pub fn get_approved(&self, id: U256) -> Address {
        self.approved.get(id)
    }

    pub fn is_approved_for_all(&self, owner: Address, operator: Address) -> bool {
        self.operators.get(owner).get(operator)
    }

    pub fn mint(&mut self, to: Address) -> Result<U256, Vec<u8>> {
        require(self.vm().msg_sender() == self.creator.get(), "only the minter")?;
        require(to != Address::ZERO, "nobody to mint to")?;
        let id = self.supply.get() + U256::from(1);
        self.supply.set(id);
        self.owners.insert(id, to);
        let balance = self.balances.get(to) + U256::from(1);
        self.balances.insert(to, balance);
        self.vm().log(Transfer { from: Address::ZERO, to, tokenId: id });
        Ok(id)
    }

    pub fn approve(&mut self, to: Address, id: U256) -> Result<(), Vec<u8>> {
        let owner = self.owner_of(id)?;
        let sender = self.vm().msg_sender();
        require(sender == owner || self.is_approved_for_all(owner, sender), "not allowed")?;
        self.approved.insert(id, to);
        self.vm().log(Approval { owner, approved: to, tokenId: id });
        Ok(())
    }

    pub fn set_approval_for_all(&mut self, operator: Address, approved: bool) {
        let owner = self.vm().msg_sender();
        self.operators.setter(owner).insert(operator, approved);
        self.vm().log(ApprovalForAll { owner, operator, approved });
    }

    pub fn transfer_from(&mut self, from: Address, to: Address, id: U256) -> Result<(), Vec<u8>> {
        let sender = self.vm().msg_sender();
        require(self.owner_of(id)? == from, "not the owner")?;
        require(to != Address::ZERO, "nobody to give to")?;
        let is_allowed = sender == from
            || self.is_approved_for_all(from, sender)
            || self.approved.get(id) == sender;
        require(is_allowed, "not allowed")?;
        self.approved.insert(id, Address::ZERO);
        let left = self.balances.get(from) - U256::from(1);
        self.balances.insert(from, left);
        let balance = self.balances.get(to) + U256::from(1);
        self.balances.insert(to, balance);
        self.owners.insert(id, to);
        self.vm().log(Transfer { from, to, tokenId: id });
        Ok(())
    }
}
