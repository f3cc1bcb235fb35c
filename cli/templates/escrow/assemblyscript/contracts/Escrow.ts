import {
  Address,
  block,
  Bytes,
  call,
  Cell,
  emit,
  Indexed,
  message,
  require,
  u256,
} from "@delchain/assemblyscript/assembly";

@event
class Deposited {
  constructor(
    readonly buyer: Indexed<Address>,
    readonly amount: u256,
  ) {}
}

@event
class Released {
  constructor(
    readonly seller: Indexed<Address>,
    readonly amount: u256,
  ) {}
}

@event
class Refunded {
  constructor(
    readonly buyer: Indexed<Address>,
    readonly amount: u256,
  ) {}
}

/** Holds what a buyer pays until the goods are there: released to the seller by the buyer, or refunded after the time. */
@contract
export class Escrow {
  payer: Cell<Address>;
  payee: Cell<Address>;
  end: Cell<u64>;
  held: Cell<u256>;

  @init
  construct(payee: Address, duration: u64): void {
    this.payer.value = message.sender();
    this.payee.value = payee;
    this.end.value = block.time() + duration;
  }

  @view
  buyer(): Address {
    return this.payer.value;
  }

  @view
  seller(): Address {
    return this.payee.value;
  }

  @view
  deadline(): u64 {
    return this.end.value;
  }

  @view
  amount(): u256 {
    return this.held.value;
  }

  @external
  @payable
  deposit(): void {
    this.requireBuyer();
    require(block.time() < this.end.value, "too late");
    this.held.value += message.value();
    emit(new Deposited(message.sender(), message.value()));
  }

  @external
  release(): void {
    this.requireBuyer();
    const seller = this.payee.value;
    emit(new Released(seller, this.pay(seller)));
  }

  @external
  refund(): void {
    require(block.time() >= this.end.value, "too early");
    const buyer = this.payer.value;
    emit(new Refunded(buyer, this.pay(buyer)));
  }

  private requireBuyer(): void {
    require(message.sender() == this.payer.value, "only the buyer");
  }

  /** What is paid is no longer there before the payee's code runs. */
  private pay(to: Address): u256 {
    const amount = this.held.value;
    require(amount > u256.ZERO, "nothing is held");
    this.held.value = u256.ZERO;
    require(call(to, Bytes.allocate(0), amount), "payment refused");
    return amount;
  }
}
