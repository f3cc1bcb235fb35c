//! The tour's token on the unmodified stylus-sdk: Solidity's ABI, storage layout and revert data.

extern crate alloc;

use alloc::vec::Vec;
use alloy_sol_types::{sol, Panic, PanicKind, Revert, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    prelude::*,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
}

sol_storage! {
    #[entrypoint]
    pub struct Token {
        mapping(address => uint256) balance_of;
        uint256 total_supply;
    }
}

#[public]
impl Token {
    pub fn mint(&mut self, to: Address, amount: U256) -> Result<(), Vec<u8>> {
        let supply = self.total_supply.get().checked_add(amount).ok_or_else(overflow)?;
        self.total_supply.set(supply);
        self.credit(to, amount)?;
        self.vm().log(Transfer { from: Address::ZERO, to, value: amount });
        Ok(())
    }

    pub fn transfer(&mut self, to: Address, amount: U256) -> Result<bool, Vec<u8>> {
        let from = self.vm().msg_sender();
        let have = self.balance_of.get(from);
        if have < amount {
            return Err(Revert::from("insufficient balance").abi_encode());
        }
        self.balance_of.insert(from, have - amount);
        self.credit(to, amount)?;
        self.vm().log(Transfer { from, to, value: amount });
        Ok(true)
    }

    pub fn balance_of(&self, owner: Address) -> U256 {
        self.balance_of.get(owner)
    }

    pub fn total_supply(&self) -> U256 {
        self.total_supply.get()
    }
}

impl Token {
    fn credit(&mut self, to: Address, amount: U256) -> Result<(), Vec<u8>> {
        let balance = self.balance_of.get(to).checked_add(amount).ok_or_else(overflow)?;
        self.balance_of.insert(to, balance);
        Ok(())
    }
}

fn overflow() -> Vec<u8> {
    Panic::from(PanicKind::UnderOverflow).abi_encode()
}
