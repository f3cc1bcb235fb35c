//! An ERC-20 token on the unmodified stylus-sdk. All of it belongs to whoever deploys it.

extern crate alloc;

use alloc::{string::String, vec::Vec};
use alloy_sol_types::{sol, Panic, PanicKind, Revert, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    prelude::*,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
}

sol_storage! {
    #[entrypoint]
    pub struct Token {
        mapping(address => uint256) balances;
        mapping(address => mapping(address => uint256)) allowances;
        uint256 supply;
    }
}

#[public]
impl Token {
    #[constructor]
    pub fn constructor(&mut self, supply: U256) {
        let owner = self.vm().msg_sender();
        self.supply.set(supply);
        self.balances.insert(owner, supply);
        self.vm().log(Transfer { from: Address::ZERO, to: owner, value: supply });
    }

    pub fn name(&self) -> String {
        String::from("Gold")
    }

    pub fn symbol(&self) -> String {
        String::from("GLD")
    }

    pub fn decimals(&self) -> u8 {
        18
    }

    pub fn total_supply(&self) -> U256 {
        self.supply.get()
    }

    pub fn balance_of(&self, owner: Address) -> U256 {
        self.balances.get(owner)
    }

    pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(owner).get(spender)
    }

    pub fn transfer(&mut self, to: Address, amount: U256) -> Result<bool, Vec<u8>> {
        self.shift(self.vm().msg_sender(), to, amount)?;
        Ok(true)
    }

    pub fn approve(&mut self, spender: Address, amount: U256) -> bool {
        let owner = self.vm().msg_sender();
        self.allowances.setter(owner).insert(spender, amount);
        self.vm().log(Approval { owner, spender, value: amount });
        true
    }

    pub fn transfer_from(&mut self, from: Address, to: Address, amount: U256) -> Result<bool, Vec<u8>> {
        let spender = self.vm().msg_sender();
        let allowed = self.allowances.get(from).get(spender);
        if allowed < amount {
            return Err(Revert::from("insufficient allowance").abi_encode());
        }
        self.allowances.setter(from).insert(spender, allowed - amount);
        self.shift(from, to, amount)?;
        Ok(true)
    }
}

impl Token {
    fn shift(&mut self, from: Address, to: Address, amount: U256) -> Result<(), Vec<u8>> {
        let have = self.balances.get(from);
        if have < amount {
            return Err(Revert::from("insufficient balance").abi_encode());
        }
        self.balances.insert(from, have - amount);
        let balance = self.balances.get(to).checked_add(amount);
        let balance = balance.ok_or_else(|| Panic::from(PanicKind::UnderOverflow).abi_encode())?;
        self.balances.insert(to, balance);
        self.vm().log(Transfer { from, to, value: amount });
        Ok(())
    }
}
