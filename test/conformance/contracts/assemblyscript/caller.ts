import {
  Address,
  Bytes,
  Bytes32,
  Cell,
  create,
  create2,
  emit,
  Indexed,
  message,
  require,
  respond,
  returnData,
  u256,
} from "@delchain/assemblyscript/assembly";

@remote
abstract class Counter {
  @payable abstract add(amount: u256): u256;
  @view abstract get(): u256;
  abstract refuse(reason: string): string;
  abstract echo(data: Bytes): void;
}

@event
class Received {
  constructor(readonly from: Indexed<Address>, readonly value: u256) {}
}

@error
class ReentrancyGuardReentrantCall {}

@results
class Attempt {
  constructor(readonly isSuccess: bool, readonly data: Bytes) {}
}

@results
class Created {
  constructor(readonly first: Address, readonly second: Address) {}
}

@results
class Summary {
  constructor(readonly owner: Address, readonly name: string, readonly sum: u256) {}
}

/** Caller.sol in AssemblyScript. */
@contract
export class Caller {
  owner: Cell<Address>;
  name: Cell<string>;
  sum: Cell<u256>;

  @init
  @payable
  construct(owner: Address, name: string, values: Array<u256>): void {
    this.owner.value = owner;
    this.name.value = name;
    for (let i = 0; i < values.length; i++) this.sum.value += values[i];
  }

  @external
  @payable
  forward(target: Address, amount: u256): u256 {
    return new Counter(target).add(amount, message.value());
  }

  @external
  attempt(target: Address, reason: string): Attempt {
    const outcome = new Counter(target).try_refuse(reason);
    return new Attempt(outcome.isSuccess, outcome.isSuccess ? outcome.results.bytes() : returnData());
  }

  @view
  peek(target: Address): u256 {
    return new Counter(target).get();
  }

  @external
  make(code: Bytes, salt: Bytes32): Created {
    const first = create(code);
    const second = create2(code, salt);
    require(first != Address.ZERO && second != Address.ZERO, "not created");
    return new Created(first, second);
  }

  @external
  @nonreentrant
  guarded(target: Address, data: Bytes): void {
    new Counter(target).echo(data);
  }

  @view
  summary(): Summary {
    return new Summary(this.owner.value, this.name.value, this.sum.value);
  }

  @receive
  take(): void {
    emit(new Received(message.sender(), message.value()));
  }

  @fallback
  answer(): void {
    respond(message.data());
  }
}
