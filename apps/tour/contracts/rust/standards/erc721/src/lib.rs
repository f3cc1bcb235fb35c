//! An ERC-721 on the unmodified stylus-sdk, with the errors of ERC-6093; anybody mints the next token.

extern crate alloc;

use alloc::{string::String, vec::Vec};
use alloy_sol_types::{sol, SolError};
use stylus_sdk::{
    abi::Bytes,
    alloy_primitives::{fixed_bytes, Address, FixedBytes, U256},
    prelude::*,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
    event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
    event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

    error ERC721NonexistentToken(uint256 tokenId);
    error ERC721InvalidOwner(address owner);
    error ERC721IncorrectOwner(address sender, uint256 tokenId, address owner);
    error ERC721InvalidReceiver(address receiver);
    error ERC721InsufficientApproval(address operator, uint256 tokenId);
    error ERC721InvalidApprover(address approver);
    error ERC721InvalidOperator(address operator);
}

sol_interface! {
    interface IERC721Receiver {
        function onERC721Received(address operator, address from, uint256 token_id, bytes data) external returns (bytes4);
    }
}

sol_storage! {
    #[entrypoint]
    pub struct Erc721 {
        mapping(uint256 => address) owners;
        mapping(address => uint256) balances;
        mapping(uint256 => address) approvals;
        mapping(address => mapping(address => bool)) operators;
        uint256 supply;
        string name;
        string symbol;
    }
}

/// What a contract answers that knows what to do with a token: the selector of `onERC721Received`.
const RECEIVED: FixedBytes<4> = fixed_bytes!("150b7a02");
const ERC165: FixedBytes<4> = fixed_bytes!("01ffc9a7");
const ERC721: FixedBytes<4> = fixed_bytes!("80ac58cd");

type Outcome<T> = Result<T, Vec<u8>>;

#[public]
impl Erc721 {
    #[constructor]
    pub fn constructor(&mut self, name: String, symbol: String) {
        self.name.set_str(name);
        self.symbol.set_str(symbol);
    }

    pub fn name(&self) -> String {
        self.name.get_string()
    }

    pub fn symbol(&self) -> String {
        self.symbol.get_string()
    }

    pub fn total_supply(&self) -> U256 {
        self.supply.get()
    }

    pub fn supports_interface(&self, id: FixedBytes<4>) -> bool {
        id == ERC165 || id == ERC721
    }

    pub fn balance_of(&self, owner: Address) -> Outcome<U256> {
        match owner {
            Address::ZERO => Err(ERC721InvalidOwner { owner }.abi_encode()),
            _ => Ok(self.balances.get(owner)),
        }
    }

    pub fn owner_of(&self, token_id: U256) -> Outcome<Address> {
        match self.owners.get(token_id) {
            Address::ZERO => Err(ERC721NonexistentToken { tokenId: token_id }.abi_encode()),
            owner => Ok(owner),
        }
    }

    pub fn get_approved(&self, token_id: U256) -> Outcome<Address> {
        self.owner_of(token_id)?;
        Ok(self.approvals.get(token_id))
    }

    pub fn is_approved_for_all(&self, owner: Address, operator: Address) -> bool {
        self.operators.getter(owner).get(operator)
    }

    pub fn approve(&mut self, to: Address, token_id: U256) -> Outcome<()> {
        let approver = self.vm().msg_sender();
        let owner = self.owner_of(token_id)?;
        if approver != owner && !self.is_approved_for_all(owner, approver) {
            return Err(ERC721InvalidApprover { approver }.abi_encode());
        }
        self.approvals.insert(token_id, to);
        self.vm().log(Approval { owner, approved: to, tokenId: token_id });
        Ok(())
    }

    pub fn set_approval_for_all(&mut self, operator: Address, approved: bool) -> Outcome<()> {
        if operator == Address::ZERO {
            return Err(ERC721InvalidOperator { operator }.abi_encode());
        }
        let owner = self.vm().msg_sender();
        self.operators.setter(owner).insert(operator, approved);
        self.vm().log(ApprovalForAll { owner, operator, approved });
        Ok(())
    }

    pub fn mint(&mut self, to: Address) -> Outcome<U256> {
        refuse_nobody(to)?;
        let token_id = self.supply.get();
        self.supply.set(token_id + U256::from(1));
        self.give(to, token_id);
        self.vm().log(Transfer { from: Address::ZERO, to, tokenId: token_id });
        Ok(token_id)
    }

    pub fn transfer_from(&mut self, from: Address, to: Address, token_id: U256) -> Outcome<()> {
        refuse_nobody(to)?;
        let operator = self.vm().msg_sender();
        let owner = self.owner_of(token_id)?;
        let may = operator == owner
            || self.approvals.get(token_id) == operator
            || self.is_approved_for_all(owner, operator);
        if !may {
            return Err(ERC721InsufficientApproval { operator, tokenId: token_id }.abi_encode());
        }
        if owner != from {
            return Err(ERC721IncorrectOwner { sender: from, tokenId: token_id, owner }.abi_encode());
        }
        let left = self.balances.get(from) - U256::from(1);
        self.balances.insert(from, left);
        self.approvals.delete(token_id);
        self.give(to, token_id);
        self.vm().log(Transfer { from, to, tokenId: token_id });
        Ok(())
    }

    #[selector(name = "safeTransferFrom")]
    pub fn safe_transfer_from(&mut self, from: Address, to: Address, token_id: U256) -> Outcome<()> {
        self.safe_transfer_from_with_data(from, to, token_id, Vec::new().into())
    }

    #[selector(name = "safeTransferFrom")]
    pub fn safe_transfer_from_with_data(
        &mut self,
        from: Address,
        to: Address,
        token_id: U256,
        data: Bytes,
    ) -> Outcome<()> {
        self.transfer_from(from, to, token_id)?;
        if self.vm().code_size(to) == 0 {
            return Ok(());
        }
        let operator = self.vm().msg_sender();
        let vm = self.vm().clone();
        let context = Call::new_mutating(self);
        let answer = IERC721Receiver::new(to).on_erc_721_received(
            &vm,
            context,
            operator,
            from,
            token_id,
            data.to_vec().into(),
        );
        match answer {
            Ok(selector) if selector == RECEIVED => Ok(()),
            _ => Err(ERC721InvalidReceiver { receiver: to }.abi_encode()),
        }
    }
}

impl Erc721 {
    /// No balance passes the supply, which grows by one a call.
    fn give(&mut self, to: Address, token_id: U256) {
        let balance = self.balances.get(to);
        self.balances.insert(to, balance + U256::from(1));
        self.owners.insert(token_id, to);
    }
}

fn refuse_nobody(receiver: Address) -> Outcome<()> {
    match receiver {
        Address::ZERO => Err(ERC721InvalidReceiver { receiver }.abi_encode()),
        _ => Ok(()),
    }
}
