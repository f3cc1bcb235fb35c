//! Holds what a buyer pays until the goods are there, on the unmodified stylus-sdk: released to the seller by the
//! buyer, or refunded after the time.

extern crate alloc;

use alloc::vec::Vec;
use alloy_sol_types::{sol, Revert, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    call::transfer::transfer_eth,
    prelude::*,
};

sol! {
    event Deposited(address indexed buyer, uint256 amount);
    event Released(address indexed seller, uint256 amount);
    event Refunded(address indexed buyer, uint256 amount);
}

sol_storage! {
    #[entrypoint]
    pub struct Escrow {
        address payer;
        address payee;
        uint256 end;
        uint256 held;
    }
}

fn require(condition: bool, reason: &str) -> Result<(), Vec<u8>> {
    if condition {
        return Ok(());
    }
    Err(Revert::from(reason).abi_encode())
}

#[public]
impl Escrow {
    #[constructor]
    pub fn constructor(&mut self, payee: Address, duration: U256) {
        let buyer = self.vm().msg_sender();
        let end = U256::from(self.vm().block_timestamp()) + duration;
        self.payer.set(buyer);
        self.payee.set(payee);
        self.end.set(end);
    }

    pub fn buyer(&self) -> Address {
        self.payer.get()
    }

    pub fn seller(&self) -> Address {
        self.payee.get()
    }

    pub fn deadline(&self) -> U256 {
        self.end.get()
    }

    pub fn amount(&self) -> U256 {
        self.held.get()
    }

    #[payable]
    pub fn deposit(&mut self) -> Result<(), Vec<u8>> {
        self.require_buyer()?;
        require(U256::from(self.vm().block_timestamp()) < self.end.get(), "too late")?;
        let value = self.vm().msg_value();
        let held = self.held.get() + value;
        self.held.set(held);
        self.vm().log(Deposited { buyer: self.payer.get(), amount: value });
        Ok(())
    }

    pub fn release(&mut self) -> Result<(), Vec<u8>> {
        self.require_buyer()?;
        let seller = self.payee.get();
        let amount = self.pay(seller)?;
        self.vm().log(Released { seller, amount });
        Ok(())
    }

    pub fn refund(&mut self) -> Result<(), Vec<u8>> {
        require(U256::from(self.vm().block_timestamp()) >= self.end.get(), "too early")?;
        let buyer = self.payer.get();
        let amount = self.pay(buyer)?;
        self.vm().log(Refunded { buyer, amount });
        Ok(())
    }
}

impl Escrow {
    fn require_buyer(&self) -> Result<(), Vec<u8>> {
        require(self.vm().msg_sender() == self.payer.get(), "only the buyer")
    }

    /// What is paid is no longer there before the payee's code runs.
    fn pay(&mut self, to: Address) -> Result<U256, Vec<u8>> {
        let amount = self.held.get();
        require(!amount.is_zero(), "nothing is held")?;
        self.held.set(U256::ZERO);
        require(transfer_eth(self.vm(), to, amount).is_ok(), "payment refused")?;
        Ok(amount)
    }
}
