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

/** The tour's token in AssemblyScript: Solidity's ABI, storage layout and revert data. */
@contract
export class Token {
  balances: Mapping<Address, Cell<u256>>;
  supply: Cell<u256>;

  @external
  mint(to: Address, amount: u256): void {
    this.supply.value += amount;
    this.balances.at(to).value += amount;
    emit(new Transfer(Address.ZERO, to, amount));
  }

  @external
  transfer(to: Address, amount: u256): bool {
    const from = message.sender();
    const have = this.balances.at(from).value;
    require(have >= amount, "insufficient balance");
    this.balances.at(from).value = have - amount;
    this.balances.at(to).value += amount;
    emit(new Transfer(from, to, amount));
    return true;
  }

  @view
  balanceOf(owner: Address): u256 {
    return this.balances.at(owner).value;
  }

  @view
  totalSupply(): u256 {
    return this.supply.value;
  }
}
