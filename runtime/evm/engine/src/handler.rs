//! Ethereum's rules for a transaction, with our three exceptions: creations of our tiers, queries, and what the
//! protocol itself runs.
use revm::{
    context::{
        Cfg, ContextTr, LocalContextTr, Transaction,
        result::{EVMError, HaltReason, InvalidTransaction},
    },
    context_interface::journaled_state::{JournalTr, account::JournaledAccountTr},
    handler::{EvmTr, FrameResult, Handler, execution, post_execution, pre_execution, validation},
    inspector::InspectorHandler,
    interpreter::{
        FrameInput, GasTracker, InitialAndFloorGas, SharedMemory, interpreter::EthInterpreter,
        interpreter_action::FrameInit,
    },
    primitives::U256,
};

use crate::creation::is_envelope;
use crate::evm::DelEvm;
use crate::imports::HostError;

pub struct DelHandler;

type Fallible<T> = Result<T, EVMError<HostError>>;

fn creates_for_our_tiers(evm: &DelEvm) -> bool {
    let transaction = &evm.inner.ctx.tx;
    transaction.kind.is_create() && is_envelope(&transaction.data)
}

impl Handler for DelHandler {
    type Evm = DelEvm;
    type Error = EVMError<HostError>;
    type HaltReason = HaltReason;

    fn validate_env(&self, evm: &mut DelEvm) -> Fallible<()> {
        if evm.system_sender.is_some() {
            return Ok(());
        }
        // Neither exists in the protocol, and revm would run a creation of type 4.
        if evm.inner.ctx.tx.tx_type >= 3 && evm.inner.ctx.tx.kind.is_create() {
            return Err(InvalidTransaction::BlobCreateTransaction.into());
        }
        // EIP-3860's size limit is for EVM init code.
        let lifted = creates_for_our_tiers(evm);
        if lifted {
            evm.inner.ctx.cfg.limit_contract_initcode_size = Some(usize::MAX);
        }
        let result = validation::validate_env(evm.ctx());
        if lifted {
            evm.inner.ctx.cfg.limit_contract_initcode_size = None;
        }
        result
    }

    /// A creation of our tiers pays 21,000 + 32,000 and its access list. Its bytes cost 20 gas each in the
    /// frame, so there is no price of calldata (EIP-2028), init code words (EIP-3860) or floor (EIP-7623).
    fn validate_initial_tx_gas(&self, evm: &mut DelEvm) -> Fallible<InitialAndFloorGas> {
        if evm.system_sender.is_some() {
            return Ok(InitialAndFloorGas::new(0, 0));
        }
        let context = evm.ctx_ref();
        let (transaction, cfg) = (&context.tx, &context.cfg);
        let prices = cfg.gas_params();
        if !creates_for_our_tiers(evm) {
            return Ok(validation::validate_initial_tx_gas_with_gas_params(
                transaction,
                *cfg.spec(),
                prices,
                cfg.is_eip7623_disabled(),
                cfg.is_amsterdam_eip8037_enabled(),
                cfg.tx_gas_limit_cap(),
                None,
            )?);
        }
        let accounts = transaction.access_list.len() as u64;
        let slots: usize = transaction.access_list.iter().map(|entry| entry.storage_keys.len()).sum();
        let initial = prices.initial_tx_gas(&[], true, accounts, slots as u64, 0, None).initial_regular_gas;
        if initial > transaction.gas_limit() {
            return Err(InvalidTransaction::CallGasCostMoreThanGasLimit {
                gas_limit: transaction.gas_limit(),
                initial_gas: initial,
            }
            .into());
        }
        Ok(InitialAndFloorGas::new(initial, 0))
    }

    fn validate_against_state_and_deduct_caller(
        &self,
        evm: &mut DelEvm,
        _: &mut InitialAndFloorGas,
    ) -> Fallible<()> {
        let sender = evm.system_sender.unwrap_or(evm.inner.ctx.tx.caller);
        if evm.system_sender.is_some() {
            // Nothing is deducted; the value's transfer looks for a loaded account.
            evm.ctx().journaled_state.load_account(sender)?;
        } else {
            pre_execution::validate_against_state_and_deduct_caller::<_, EVMError<HostError>>(evm.ctx())?;
        }
        let context = evm.ctx();
        if context.cfg.is_fee_charge_disabled() {
            // A query may send value that its sender does not have.
            let value = context.tx.value;
            let mut account = context.journaled_state.load_account_mut(sender)?;
            if *account.balance() < value {
                account.set_balance(value);
            }
        }
        Ok(())
    }

    /// As revm's, with a system transaction's sender as the caller.
    fn first_frame_input(&mut self, evm: &mut DelEvm, gas: &mut GasTracker) -> Fallible<Option<FrameInit>> {
        let sender = evm.system_sender;
        let context = evm.ctx_mut();
        let mut memory = SharedMemory::new_with_buffer(context.local().shared_memory_buffer().clone());
        memory.set_memory_limit(context.cfg().memory_limit());
        let Some(mut frame_input) = execution::create_init_frame(context, gas)? else {
            return Ok(None);
        };
        if let (Some(sender), FrameInput::Call(call)) = (sender, &mut frame_input) {
            call.caller = sender;
        }
        Ok(Some(FrameInit { depth: 0, memory, frame_input }))
    }

    fn reimburse_caller(&self, evm: &mut DelEvm, result: &mut FrameResult) -> Fallible<()> {
        if evm.system_sender.is_some() {
            return Ok(());
        }
        Ok(post_execution::reimburse_caller(evm.ctx(), result.gas(), U256::ZERO)?)
    }

    fn reward_beneficiary(&self, evm: &mut DelEvm, result: &mut FrameResult) -> Fallible<()> {
        if evm.system_sender.is_some() {
            return Ok(());
        }
        Ok(post_execution::reward_beneficiary(evm.ctx(), result.gas())?)
    }
}

impl InspectorHandler for DelHandler {
    type IT = EthInterpreter;
}
