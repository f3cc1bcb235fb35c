//! The block's cache over the host's store: what was read, and what the block's transactions changed.
use revm::{
    database_interface::Database,
    primitives::{Address, AddressMap, B256, Bytes, HashMap, HashSet, KECCAK_EMPTY, U256, hash_map::Entry},
    state::{Account, AccountInfo, Bytecode},
};

use crate::global::CODE;
use crate::imports::{self, HostError};

/// The code of a failure that no import caused: stored code that is no code.
const MALFORMED_CODE: HostError = HostError(-9);

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Base {
    pub nonce: u64,
    pub balance: U256,
    pub code_hash: B256,
}

impl Base {
    pub fn of(info: &AccountInfo) -> Self {
        Self { nonce: info.nonce, balance: info.balance, code_hash: info.code_hash }
    }
}

pub struct Slot {
    pub value: U256,
    /// As the block found it; zero once the account was wiped.
    pub base: U256,
}

#[derive(Default)]
pub struct CachedAccount {
    pub info: Option<AccountInfo>,
    /// As the block found it.
    pub base: Option<Base>,
    pub slots: HashMap<U256, Slot>,
    /// Storage in the host's store is void: the account was created or deleted in this block.
    pub wiped: bool,
    has_storage: bool,
    touched: bool,
}

impl CachedAccount {
    /// EIP-7610's condition beyond nonce and code, which revm checks itself.
    pub fn has_only_storage(&self) -> bool {
        let bare = |info: &AccountInfo| info.nonce == 0 && info.code_hash == KECCAK_EMPTY;
        self.has_storage && !self.wiped && self.info.as_ref().is_none_or(bare)
    }

    fn delete(&mut self) {
        self.wipe();
        self.info = None;
    }

    fn wipe(&mut self) {
        self.slots.clear();
        self.wiped = true;
    }
}

#[derive(Default)]
pub struct BlockCache {
    pub accounts: AddressMap<CachedAccount>,
    /// By hash, and therefore good for any block.
    pub codes: HashMap<B256, Bytecode>,
    /// Code of accounts that this block wrote to: `codes` may hold more than the block's state does.
    pub written_codes: HashSet<B256>,
    /// Written at least once, in no order.
    pub touched: Vec<Address>,
}

impl BlockCache {
    /// Forgets the block; code stays.
    pub fn clear(&mut self) {
        self.accounts.clear();
        self.written_codes.clear();
        self.touched.clear();
    }

    pub fn account(&mut self, address: Address) -> Result<&mut CachedAccount, HostError> {
        Ok(match self.accounts.entry(address) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let mut bytes = [0; 72];
                let found = imports::account(&address.0, &mut bytes)?;
                let info = (found > 0).then(|| AccountInfo {
                    nonce: u64::from_le_bytes(bytes[0..8].try_into().expect("eight bytes")),
                    balance: U256::from_be_slice(&bytes[8..40]),
                    code_hash: B256::from_slice(&bytes[40..72]),
                    code: None,
                    ..Default::default()
                });
                let base = info.as_ref().map(Base::of);
                entry.insert(CachedAccount { info, base, has_storage: found & 2 != 0, ..Default::default() })
            }
        })
    }

    fn touch(&mut self, address: Address) -> Result<&mut CachedAccount, HostError> {
        self.account(address)?;
        let account = self.accounts.get_mut(&address).expect("loaded above");
        if !account.touched {
            account.touched = true;
            self.touched.push(address);
        }
        Ok(account)
    }

    /// Takes over what one transaction changed.
    pub fn commit(&mut self, changes: AddressMap<Account>) -> Result<(), HostError> {
        for (address, mut change) in changes {
            if !change.is_touched() {
                continue;
            }
            if let Some(code) = change.info.code.take()
                && change.info.code_hash != KECCAK_EMPTY
            {
                self.written_codes.insert(change.info.code_hash);
                self.codes.entry(change.info.code_hash).or_insert(code);
            }
            let account = self.touch(address)?;
            // An account that is empty in EIP-161's sense does not exist.
            if change.is_selfdestructed() || (change.is_empty() && !change.is_created()) {
                account.delete();
                continue;
            }
            if change.is_created() {
                account.wipe();
            }
            account.info = Some(change.info);
            for (key, slot) in change.storage {
                if slot.is_changed() {
                    account.slots.entry(key).or_insert(Slot { value: U256::ZERO, base: U256::ZERO }).value =
                        slot.present_value;
                }
            }
        }
        Ok(())
    }

    /// A write by the protocol's rule between transactions; what is `None` stays.
    pub fn write_account(
        &mut self,
        address: Address,
        nonce: Option<u64>,
        balance: Option<U256>,
    ) -> Result<(), HostError> {
        let account = self.touch(address)?;
        let mut info = account.info.take().unwrap_or_default();
        info.nonce = nonce.unwrap_or(info.nonce);
        info.balance = balance.unwrap_or(info.balance);
        if info.is_empty() {
            account.delete();
        } else {
            account.info = Some(info);
        }
        Ok(())
    }

    /// `false` and no write when the account does not exist: EIP-161 would delete the slot with it.
    pub fn write_slot(&mut self, address: Address, key: U256, value: U256) -> Result<bool, HostError> {
        self.storage(address, key)?;
        let account = self.touch(address)?;
        if account.info.is_none() {
            return Ok(false);
        }
        account.slots.entry(key).or_insert(Slot { value, base: U256::ZERO }).value = value;
        Ok(true)
    }
}

impl Database for BlockCache {
    type Error = HostError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, HostError> {
        Ok(self.account(address)?.info.clone())
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, HostError> {
        if let Some(code) = self.codes.get(&hash) {
            return Ok(code.clone());
        }
        let length = imports::code_length(&hash.0)?;
        let raw = Bytes::copy_from_slice(&CODE.get()[..length]);
        let code = Bytecode::new_raw_checked(raw).map_err(|_| MALFORMED_CODE)?;
        self.codes.insert(hash, code.clone());
        Ok(code)
    }

    fn storage(&mut self, address: Address, key: U256) -> Result<U256, HostError> {
        let account = self.account(address)?;
        if let Some(slot) = account.slots.get(&key) {
            return Ok(slot.value);
        }
        if account.wiped || account.info.is_none() {
            return Ok(U256::ZERO);
        }
        let value = U256::from_be_bytes(imports::storage(&address.0, &key.to_be_bytes())?);
        self.account(address)?.slots.insert(key, Slot { value, base: value });
        Ok(value)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, HostError> {
        Ok(B256::from(imports::block_hash(number)?))
    }
}
