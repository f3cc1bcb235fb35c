//! An ERC-20 on the unmodified stylus-sdk, with the errors of ERC-6093 and an owner who mints.

extern crate alloc;

use alloc::{string::String, vec::Vec};
use alloy_sol_types::{sol, Panic, PanicKind, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    prelude::*,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidSpender(address spender);
    error OwnableUnauthorizedAccount(address account);
}

sol_storage! {
    #[entrypoint]
    pub struct Erc20 {
        mapping(address => uint256) balances;
        mapping(address => mapping(address => uint256)) allowances;
        uint256 supply;
        string name;
        string symbol;
        address owner;
    }
}

type Outcome<T> = Result<T, Vec<u8>>;

#[public]
impl Erc20 {
    #[constructor]
    pub fn constructor(&mut self, name: String, symbol: String, owner: Address) {
        self.name.set_str(name);
        self.symbol.set_str(symbol);
        self.owner.set(owner);
    }

    pub fn name(&self) -> String {
        self.name.get_string()
    }

    pub fn symbol(&self) -> String {
        self.symbol.get_string()
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
        self.allowances.getter(owner).get(spender)
    }

    pub fn transfer(&mut self, to: Address, value: U256) -> Outcome<bool> {
        let from = self.vm().msg_sender();
        self.move_tokens(from, to, value)?;
        Ok(true)
    }

    pub fn approve(&mut self, spender: Address, value: U256) -> Outcome<bool> {
        if spender == Address::ZERO {
            return Err(ERC20InvalidSpender { spender }.abi_encode());
        }
        let owner = self.vm().msg_sender();
        self.allowances.setter(owner).insert(spender, value);
        self.vm().log(Approval { owner, spender, value });
        Ok(true)
    }

    pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Outcome<bool> {
        let spender = self.vm().msg_sender();
        let allowance = self.allowance(from, spender);
        // The largest allowance stands for "any amount" and is not used up, as in OpenZeppelin's.
        if allowance != U256::MAX {
            let left = allowance.checked_sub(value).ok_or_else(|| {
                ERC20InsufficientAllowance { spender, allowance, needed: value }.abi_encode()
            })?;
            self.allowances.setter(from).insert(spender, left);
        }
        self.move_tokens(from, to, value)?;
        Ok(true)
    }

    pub fn mint(&mut self, to: Address, value: U256) -> Outcome<()> {
        let account = self.vm().msg_sender();
        if account != self.owner.get() {
            return Err(OwnableUnauthorizedAccount { account }.abi_encode());
        }
        refuse_nobody(to)?;
        let supply = self.supply.get().checked_add(value).ok_or_else(overflow)?;
        self.supply.set(supply);
        self.credit(to, value);
        self.vm().log(Transfer { from: Address::ZERO, to, value });
        Ok(())
    }
}

impl Erc20 {
    fn move_tokens(&mut self, from: Address, to: Address, value: U256) -> Outcome<()> {
        refuse_nobody(to)?;
        let balance = self.balances.get(from);
        let left = balance.checked_sub(value).ok_or_else(|| {
            ERC20InsufficientBalance { sender: from, balance, needed: value }.abi_encode()
        })?;
        self.balances.insert(from, left);
        self.credit(to, value);
        self.vm().log(Transfer { from, to, value });
        Ok(())
    }

    /// No balance passes the supply, and the supply fits.
    fn credit(&mut self, to: Address, value: U256) {
        let balance = self.balances.get(to);
        self.balances.insert(to, balance + value);
    }
}

fn refuse_nobody(receiver: Address) -> Outcome<()> {
    match receiver {
        Address::ZERO => Err(ERC20InvalidReceiver { receiver }.abi_encode()),
        _ => Ok(()),
    }
}

fn overflow() -> Vec<u8> {
    Panic::from(PanicKind::UnderOverflow).abi_encode()
}
