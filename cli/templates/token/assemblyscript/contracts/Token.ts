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
    readonly value: u256,
  ) {}
}

@event
class Approval {
  constructor(
    readonly owner: Indexed<Address>,
    readonly spender: Indexed<Address>,
    readonly value: u256,
  ) {}
}

/** An ERC-20 token. All of it belongs to whoever deploys it. */
@contract
export class Token {
  balances: Mapping<Address, Cell<u256>>;
  allowances: Mapping<Address, Mapping<Address, Cell<u256>>>;
  supply: Cell<u256>;

  @init
  construct(supply: u256): void {
    this.supply.value = supply;
    this.balances.at(message.sender()).value = supply;
    emit(new Transfer(Address.ZERO, message.sender(), supply));
  }

  @view
  name(): string {
    return "Gold";
  }

  @view
  symbol(): string {
    return "GLD";
  }

  @view
  decimals(): u8 {
    return 18;
  }

  @view
  totalSupply(): u256 {
    return this.supply.value;
  }

  @view
  balanceOf(owner: Address): u256 {
    return this.balances.at(owner).value;
  }

  @view
  allowance(owner: Address, spender: Address): u256 {
    return this.allowances.at(owner).at(spender).value;
  }

  @external
  transfer(to: Address, amount: u256): bool {
    this.move(message.sender(), to, amount);
    return true;
  }

  @external
  approve(spender: Address, amount: u256): bool {
    const owner = message.sender();
    this.allowances.at(owner).at(spender).value = amount;
    emit(new Approval(owner, spender, amount));
    return true;
  }

  @external
  transferFrom(from: Address, to: Address, amount: u256): bool {
    const allowance = this.allowances.at(from).at(message.sender());
    require(allowance.value >= amount, "insufficient allowance");
    allowance.value -= amount;
    this.move(from, to, amount);
    return true;
  }

  private move(from: Address, to: Address, amount: u256): void {
    const have = this.balances.at(from).value;
    require(have >= amount, "insufficient balance");
    this.balances.at(from).value = have - amount;
    this.balances.at(to).value += amount;
    emit(new Transfer(from, to, amount));
  }
}
