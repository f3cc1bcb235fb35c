//! The block's diff: what differs from the state that the block began with, in canonical order, whatever was
//! read or cached on the way.
use revm::primitives::{B256, KECCAK_EMPTY, U256};

use crate::database::{Base, BlockCache, CachedAccount};
use crate::wire::Writer;

/// u32 codes { hash 32 | u32 length | bytes } | u32 accounts { address 20 | flags u8 (1 exists, 2 wiped) |
/// nonce u64 LE | balance 32 BE | code hash 32 | u32 slots { key 32 | value 32 } }.
/// Codes by hash, accounts by address, slots by key.
pub fn write(cache: &mut BlockCache, out: &mut Writer) {
    cache.touched.sort_unstable();
    let mut codes: Vec<B256> = Vec::new();
    let mut count = 0;
    let mut accounts = Writer::default();
    let mut slots: Vec<(U256, U256)> = Vec::new();
    for address in &cache.touched {
        let account = &cache.accounts[address];
        changed_slots(account, &mut slots);
        let after = account.info.as_ref().map(Base::of);
        if after == account.base && slots.is_empty() {
            continue;
        }
        count += 1;
        accounts.bytes(address.as_slice());
        accounts.u8(after.is_some() as u8 | ((account.wiped && account.base.is_some()) as u8) << 1);
        let code_before = account.base.map_or(KECCAK_EMPTY, |base| base.code_hash);
        let after = after.unwrap_or(Base { nonce: 0, balance: U256::ZERO, code_hash: KECCAK_EMPTY });
        accounts.u64(after.nonce);
        accounts.u256(after.balance);
        accounts.bytes(after.code_hash.as_slice());
        if after.code_hash != KECCAK_EMPTY && after.code_hash != code_before {
            codes.push(after.code_hash);
        }
        accounts.u32(slots.len() as u32);
        for (key, value) in &slots {
            accounts.u256(*key);
            accounts.u256(*value);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    out.u32(codes.len() as u32);
    for hash in codes {
        out.bytes(hash.as_slice());
        out.sized(cache.codes[&hash].original_byte_slice());
    }
    out.u32(count);
    out.bytes(accounts.as_slice());
}

fn changed_slots(account: &CachedAccount, into: &mut Vec<(U256, U256)>) {
    into.clear();
    for (key, slot) in &account.slots {
        if slot.value != slot.base {
            into.push((*key, slot.value));
        }
    }
    into.sort_unstable();
}
