//! A vote between numbered options, on the unmodified stylus-sdk: one for each address, until the time is over.

extern crate alloc;

use alloc::vec::Vec;
use alloy_sol_types::{sol, Revert, SolError};
use stylus_sdk::{
    alloy_primitives::{Address, U256},
    prelude::*,
};

sol! {
    event Voted(address indexed voter, uint256 indexed option);
}

sol_storage! {
    #[entrypoint]
    pub struct Voting {
        uint256 count;
        uint256 end;
        mapping(uint256 => uint256) tally;
        mapping(address => bool) voters;
    }
}

fn require(condition: bool, reason: &str) -> Result<(), Vec<u8>> {
    if condition {
        return Ok(());
    }
    Err(Revert::from(reason).abi_encode())
}

#[public]
impl Voting {
    #[constructor]
    pub fn constructor(&mut self, count: U256, duration: U256) -> Result<(), Vec<u8>> {
        require(!count.is_zero(), "no options")?;
        self.count.set(count);
        let end = U256::from(self.vm().block_timestamp()) + duration;
        self.end.set(end);
        Ok(())
    }

    pub fn options(&self) -> U256 {
        self.count.get()
    }

    pub fn deadline(&self) -> U256 {
        self.end.get()
    }

    pub fn votes(&self, option: U256) -> U256 {
        self.tally.get(option)
    }

    pub fn has_voted(&self, voter: Address) -> bool {
        self.voters.get(voter)
    }

    pub fn vote(&mut self, option: U256) -> Result<(), Vec<u8>> {
        let voter = self.vm().msg_sender();
        require(U256::from(self.vm().block_timestamp()) < self.end.get(), "too late")?;
        require(option < self.count.get(), "no such option")?;
        require(!self.voters.get(voter), "voted already")?;
        self.voters.insert(voter, true);
        let votes = self.tally.get(option) + U256::from(1);
        self.tally.insert(option, votes);
        self.vm().log(Voted { voter, option });
        Ok(())
    }

    /// The option with the most votes; of several, the first.
    pub fn winner(&self) -> Result<U256, Vec<u8>> {
        require(U256::from(self.vm().block_timestamp()) >= self.end.get(), "too early")?;
        let mut best = U256::ZERO;
        let mut option = U256::from(1);
        while option < self.count.get() {
            if self.tally.get(option) > self.tally.get(best) {
                best = option;
            }
            option += U256::from(1);
        }
        Ok(best)
    }
}
