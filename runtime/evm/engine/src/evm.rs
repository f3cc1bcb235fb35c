//! The EVM: revm's own, with frames of other tiers handed to the host.
use revm::{
    Inspector,
    context::{BlockEnv, CfgEnv, Context, Evm, FrameStack, Journal, JournalTr, TxEnv},
    handler::{
        EthFrame, EthPrecompiles, EvmTr, FrameInitOrResult, FrameResult, ItemOrResult,
        evm::{ContextDbError, FrameInitResult},
        instructions::EthInstructions,
    },
    inspector::{InspectorEvmTr, JournalExt},
    interpreter::{interpreter::EthInterpreter, interpreter_action::FrameInit},
    primitives::{Address, hardfork::SpecId},
};

use crate::creation;
use crate::database::BlockCache;
use crate::tracer::Tracer;

/// The chain's fork of Ethereum, a constant (design, section 2).
pub const SPEC: SpecId = SpecId::OSAKA;

pub type DelContext = Context<BlockEnv, TxEnv, CfgEnv, BlockCache, Journal<BlockCache>, ()>;
pub type Frame = EthFrame<EthInterpreter>;
type Instructions = EthInstructions<EthInterpreter, DelContext>;
type Inner = Evm<DelContext, Tracer, Instructions, EthPrecompiles, Frame>;
pub type FrameRun = Result<FrameInitOrResult<Frame>, ContextDbError<DelContext>>;

pub struct DelEvm {
    pub inner: Inner,
    /// Host frames on the native stack now.
    pub host_depth: u32,
    /// A failure seen by an export of a host frame, or zero: the transaction must not be decided, whatever
    /// the host does next.
    pub failure: i32,
    /// Why the transaction's first frame halted, when another tier ran it.
    pub halt_reason: Option<Vec<u8>>,
    /// Which transaction of the running batch this is.
    pub transaction_index: u32,
    /// Whose call a system transaction is: the first frame's caller, where the transaction's is its origin.
    pub system_sender: Option<Address>,
}

impl DelEvm {
    pub fn new() -> Self {
        let mut context: DelContext = Context::new(BlockCache::default(), SPEC);
        context.journaled_state.set_spec_id(SPEC);
        let mut instructions = EthInstructions::new_mainnet_with_spec(SPEC);
        creation::replace_instructions(&mut instructions);
        let precompiles = EthPrecompiles::new(SPEC);
        let inner = Evm::new_with_inspector(context, Tracer::default(), instructions, precompiles);
        Self {
            inner,
            host_depth: 0,
            failure: 0,
            halt_reason: None,
            transaction_index: 0,
            system_sender: None,
        }
    }

    pub fn cache(&mut self) -> &mut BlockCache {
        &mut self.inner.ctx.journaled_state.database
    }
}

impl EvmTr for DelEvm {
    type Context = DelContext;
    type Instructions = Instructions;
    type Precompiles = EthPrecompiles;
    type Frame = Frame;

    fn all(&self) -> (&DelContext, &Instructions, &EthPrecompiles, &FrameStack<Frame>) {
        self.inner.all()
    }

    fn all_mut(
        &mut self,
    ) -> (&mut DelContext, &mut Instructions, &mut EthPrecompiles, &mut FrameStack<Frame>) {
        self.inner.all_mut()
    }

    fn frame_init(
        &mut self,
        init: FrameInit,
    ) -> Result<FrameInitResult<'_, Frame>, ContextDbError<DelContext>> {
        if let Some(result) = self.refused_frame(&init)? {
            return Ok(ItemOrResult::Result(result));
        }
        self.inner.frame_init(init)
    }

    #[inline]
    fn frame_run(&mut self) -> FrameRun {
        if self.is_host_frame() {
            return self.run_host_frame();
        }
        self.inner.frame_run()
    }

    fn frame_return_result(
        &mut self,
        result: FrameResult,
    ) -> Result<Option<FrameResult>, ContextDbError<DelContext>> {
        self.inner.frame_return_result(result)
    }
}

impl InspectorEvmTr for DelEvm {
    type Inspector = Tracer;

    fn all_inspector(&self) -> (&DelContext, &Instructions, &EthPrecompiles, &FrameStack<Frame>, &Tracer) {
        self.inner.all_inspector()
    }

    fn all_mut_inspector(
        &mut self,
    ) -> (&mut DelContext, &mut Instructions, &mut EthPrecompiles, &mut FrameStack<Frame>, &mut Tracer) {
        self.inner.all_mut_inspector()
    }

    fn inspect_frame_run(&mut self) -> FrameRun {
        if !self.is_host_frame() {
            return self.inner.inspect_frame_run();
        }
        let mut run = self.run_host_frame();
        if let Ok(ItemOrResult::Result(result)) = &mut run {
            let (context, tracer, frame) = self.ctx_inspector_frame();
            revm::inspector::handler::frame_end(context, tracer, &frame.input, result);
        }
        run
    }
}

// The bounds that revm asks of a traced EVM, said once so that an upgrade that moves them fails here.
const _: fn() = || {
    fn inspects<T: Inspector<DelContext>>() {}
    fn journals<T: JournalExt>() {}
    inspects::<Tracer>();
    journals::<Journal<BlockCache>>();
};
