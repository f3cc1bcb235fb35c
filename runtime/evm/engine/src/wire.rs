//! Flat bytes in both directions: integers of fixed width little-endian, 256- and 128-bit words big-endian.
//! `codec.ts` and its neighbours are the other end.
use revm::{
    context::{
        BlockEnv, CfgEnv, TxEnv,
        result::{EVMError, ExecutionResult, Output},
    },
    context_interface::{
        block::BlobExcessGasAndPrice,
        either::Either,
        transaction::{
            AccessList, AccessListItem, Authorization, RecoveredAuthority, RecoveredAuthorization,
        },
    },
    primitives::{Address, B256, Bytes, Log, TxKind, U256, hardfork::SpecId},
};

use crate::evm::SPEC;
use crate::imports::HostError;

/// Trusts its input: the host wrote it, and a slice that ends early traps, which the host answers by dropping
/// the instance.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (head, tail) = self.0.split_at(length);
        self.0 = tail;
        head
    }
    pub fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().expect("four bytes"))
    }
    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().expect("eight bytes"))
    }
    fn u128(&mut self) -> u128 {
        u128::from_be_bytes(self.take(16).try_into().expect("sixteen bytes"))
    }
    fn address(&mut self) -> Address {
        Address::from_slice(self.take(20))
    }
    fn b256(&mut self) -> B256 {
        B256::from_slice(self.take(32))
    }
    fn u256(&mut self) -> U256 {
        U256::from_be_slice(self.take(32))
    }
}

#[derive(Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub fn clear(&mut self) {
        self.0.clear();
    }
    pub fn len(&self) -> usize {
        self.0.len()
    }
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
    pub fn u8(&mut self, value: u8) {
        self.0.push(value);
    }
    pub fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub fn u256(&mut self, value: U256) {
        self.0.extend_from_slice(&value.to_be_bytes::<32>());
    }
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    /// u32 length | bytes
    pub fn sized(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.bytes(bytes);
    }
    /// address 20 | u8 topics | topics 32 each | u32 length | data
    pub fn log(&mut self, log: &Log) {
        self.bytes(log.address.as_slice());
        self.u8(log.data.topics().len() as u8);
        for topic in log.data.topics() {
            self.bytes(topic.as_slice());
        }
        self.sized(&log.data.data);
    }
}

/// A query: any sender, nonce and balance, no fee.
const UNCHECKED: u8 = 1;

/// chain id u64 | number u64 | time u64 | gas limit u64 | base fee u64 | transaction gas cap u64 (EIP-7825) |
/// producer 20 | randomness 32 | flags u8 (1 unchecked)
pub fn read_block(reader: &mut Reader) -> (CfgEnv, BlockEnv) {
    let mut cfg = CfgEnv::new_with_spec(SPEC);
    cfg.chain_id = reader.u64();
    let mut block = BlockEnv {
        number: U256::from(reader.u64()),
        timestamp: U256::from(reader.u64()),
        gas_limit: reader.u64(),
        basefee: reader.u64(),
        ..Default::default()
    };
    cfg.tx_gas_limit_cap = Some(reader.u64());
    block.beneficiary = reader.address();
    block.prevrandao = Some(reader.b256());
    // There are no blobs: the price is that of an empty market.
    block.blob_excess_gas_and_price = Some(BlobExcessGasAndPrice::new_with_spec(0, SpecId::OSAKA));
    let unchecked = reader.u8() & UNCHECKED != 0;
    cfg.disable_nonce_check = unchecked;
    cfg.disable_balance_check = unchecked;
    cfg.disable_base_fee = unchecked;
    cfg.disable_block_gas_limit = unchecked;
    cfg.disable_eip3607 = unchecked;
    cfg.disable_fee_charge = unchecked;
    (cfg, block)
}

const HAS_RECIPIENT: u8 = 1;
/// The protocol's own: no signature, nonce, fee or intrinsic gas.
const IS_SYSTEM: u8 = 2;

/// The sender comes back beside it for a system transaction, whose `caller` is its origin.
///
/// type u8 | flags u8 (1 has a recipient, 2 of the system) | sender 20 | recipient 20 | nonce u64 | gas limit u64 | price 16 |
/// tip 16 | value 32 | u32 length, data | u32 entries { address 20 | u32 slots { slot 32 } } |
/// type 3: blob price 16 | u32 hashes { hash 32 } |
/// type 4: u32 authorisations { chain id 32 | address 20 | nonce u64 | valid u8 | authority 20 } |
/// of the system: origin 20
pub fn read_transaction(reader: &mut Reader, chain_id: u64) -> (TxEnv, Option<Address>) {
    let tx_type = reader.u8();
    let flags = reader.u8();
    let has_recipient = flags & HAS_RECIPIENT != 0;
    let caller = reader.address();
    let recipient = reader.address();
    let nonce = reader.u64();
    let gas_limit = reader.u64();
    let gas_price = reader.u128();
    let tip = reader.u128();
    let value = reader.u256();
    let length = reader.u32() as usize;
    let data = Bytes::copy_from_slice(reader.take(length));
    let access_list = (0..reader.u32())
        .map(|_| AccessListItem {
            address: reader.address(),
            storage_keys: (0..reader.u32()).map(|_| reader.b256()).collect(),
        })
        .collect();
    let mut transaction = TxEnv {
        tx_type,
        caller,
        gas_limit,
        gas_price,
        kind: if has_recipient { TxKind::Call(recipient) } else { TxKind::Create },
        value,
        data,
        nonce,
        chain_id: Some(chain_id),
        access_list: AccessList(access_list),
        gas_priority_fee: (tx_type >= 2).then_some(tip),
        ..Default::default()
    };
    if tx_type == 3 {
        transaction.max_fee_per_blob_gas = reader.u128();
        transaction.blob_hashes = (0..reader.u32()).map(|_| reader.b256()).collect();
    }
    if tx_type == 4 {
        transaction.authorization_list =
            (0..reader.u32()).map(|_| Either::Right(read_authorization(reader))).collect();
    }
    if flags & IS_SYSTEM == 0 {
        return (transaction, None);
    }
    transaction.caller = reader.address();
    (transaction, Some(caller))
}

fn read_authorization(reader: &mut Reader) -> RecoveredAuthorization {
    let inner = Authorization { chain_id: reader.u256(), address: reader.address(), nonce: reader.u64() };
    let valid = reader.u8() != 0;
    let authority = reader.address();
    let authority = if valid { RecoveredAuthority::Valid(authority) } else { RecoveredAuthority::Invalid };
    RecoveredAuthorization::new_unchecked(inner, authority)
}

const STATUS_REVERT: u8 = 0;
const STATUS_SUCCESS: u8 = 1;
const STATUS_HALT: u8 = 2;
const STATUS_INVALID: u8 = 3;
const STATUS_UNAVAILABLE: u8 = 4;

pub type RunResult = Result<ExecutionResult, EVMError<HostError>>;

/// status u8 (0 revert, 1 success, 2 halt, 3 invalid, 4 unavailable) | gas used u64, refund taken off |
/// refund u64 | created u8 [address 20] | u32 length, output (the reason for 2 to 4) | u32 logs { log }
pub fn write_outcome(out: &mut Writer, result: &RunResult, halt_reason: Option<&[u8]>) {
    let head = |out: &mut Writer, status: u8, used: u64, refund: u64, created: Option<Address>| {
        out.u8(status);
        out.u64(used);
        out.u64(refund);
        out.u8(created.is_some() as u8);
        if let Some(address) = created {
            out.bytes(address.as_slice());
        }
    };
    match result {
        Ok(ExecutionResult::Success { gas, logs, output, .. }) => {
            let (created, bytes) = match output {
                Output::Call(bytes) => (None, bytes),
                Output::Create(bytes, address) => (*address, bytes),
            };
            head(out, STATUS_SUCCESS, gas.tx_gas_used(), gas.final_refunded(), created);
            out.sized(bytes);
            out.u32(logs.len() as u32);
            for log in logs {
                out.log(log);
            }
            return;
        }
        Ok(ExecutionResult::Revert { gas, output, .. }) => {
            head(out, STATUS_REVERT, gas.tx_gas_used(), gas.final_refunded(), None);
            out.sized(output);
        }
        Ok(ExecutionResult::Halt { gas, reason, .. }) => {
            head(out, STATUS_HALT, gas.tx_gas_used(), gas.final_refunded(), None);
            out.sized(halt_reason.unwrap_or(format!("{reason:?}").as_bytes()));
        }
        Err(EVMError::Transaction(reason)) => {
            head(out, STATUS_INVALID, 0, 0, None);
            out.sized(format!("{reason}").as_bytes());
        }
        Err(reason) => {
            head(out, STATUS_UNAVAILABLE, 0, 0, None);
            out.sized(format!("{reason}").as_bytes());
        }
    }
    out.u32(0);
}
