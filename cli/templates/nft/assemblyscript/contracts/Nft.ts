import {
  Address,
  Cell,
  emit,
  Indexed,
  Mapping,
  message,
  require,
  u256,
} from "@delchain/assemblyscript/assembly";

@event
class Transfer {
  constructor(
    readonly from: Indexed<Address>,
    readonly to: Indexed<Address>,
    readonly tokenId: Indexed<u256>,
  ) {}
}

@event
class Approval {
  constructor(
    readonly owner: Indexed<Address>,
    readonly approved: Indexed<Address>,
    readonly tokenId: Indexed<u256>,
  ) {}
}

@event
class ApprovalForAll {
  constructor(
    readonly owner: Indexed<Address>,
    readonly operator: Indexed<Address>,
    readonly approved: bool,
  ) {}
}

/** Tokens that are one of a kind, with ERC-721's functions. Whoever deploys it mints them, numbered from 1. */
@contract
export class Nft {
  creator: Cell<Address>;
  supply: Cell<u256>;
  owners: Mapping<u256, Cell<Address>>;
  balances: Mapping<Address, Cell<u256>>;
  approved: Mapping<u256, Cell<Address>>;
  operators: Mapping<Address, Mapping<Address, Cell<bool>>>;

  @init
  construct(): void {
    this.creator.value = message.sender();
  }

  @view
  name(): string {
    return "Deeds";
  }

  @view
  symbol(): string {
    return "DEED";
  }

  @view
  minter(): Address {
    return this.creator.value;
  }

  @view
  totalSupply(): u256 {
    return this.supply.value;
  }

  @view
  ownerOf(id: u256): Address {
    const owner = this.owners.at(id).value;
    require(owner != Address.ZERO, "no such token");
    return owner;
  }

  @view
  balanceOf(owner: Address): u256 {
    return this.balances.at(owner).value;
  }

  @view
  getApproved(id: u256): Address {
    return this.approved.at(id).value;
  }

  @view
  isApprovedForAll(owner: Address, operator: Address): bool {
    return this.operators.at(owner).at(operator).value;
  }

  @external
  mint(to: Address): u256 {
    require(message.sender() == this.creator.value, "only the minter");
    require(to != Address.ZERO, "nobody to mint to");
    const id = this.supply.value + new u256(1);
    this.supply.value = id;
    this.owners.at(id).value = to;
    this.balances.at(to).value += new u256(1);
    emit(new Transfer(Address.ZERO, to, id));
    return id;
  }

  @external
  approve(to: Address, id: u256): void {
    const owner = this.ownerOf(id);
    const sender = message.sender();
    require(sender == owner || this.isApprovedForAll(owner, sender), "not allowed");
    this.approved.at(id).value = to;
    emit(new Approval(owner, to, id));
  }

  @external
  setApprovalForAll(operator: Address, approved: bool): void {
    const owner = message.sender();
    this.operators.at(owner).at(operator).value = approved;
    emit(new ApprovalForAll(owner, operator, approved));
  }

  @external
  transferFrom(from: Address, to: Address, id: u256): void {
    const sender = message.sender();
    require(this.ownerOf(id) == from, "not the owner");
    require(to != Address.ZERO, "nobody to give to");
    const isAllowed =
      sender == from ||
      this.isApprovedForAll(from, sender) ||
      this.approved.at(id).value == sender;
    require(isAllowed, "not allowed");
    this.approved.at(id).value = Address.ZERO;
    this.balances.at(from).value -= new u256(1);
    this.balances.at(to).value += new u256(1);
    this.owners.at(id).value = to;
    emit(new Transfer(from, to, id));
  }
}
