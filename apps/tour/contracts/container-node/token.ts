import {
  type Address,
  address,
  bool,
  type Contract,
  contract,
  event,
  external,
  indexed,
  mapping,
  require,
  sender,
  storage,
  uint256,
  view,
  zeroAddress,
} from "@delchain/node";

// The tour's token as a program in a container: Solidity's ABI, storage layout and revert data.

const { balances, supply } = storage({
  balances: mapping(address, uint256),
  supply: uint256,
});

const Transfer = event("Transfer", {
  from: indexed(address),
  to: indexed(address),
  value: uint256,
});

function credit(to: Address, amount: bigint): void {
  balances.set(to, balances.get(to) + amount);
}

export const token: Contract = contract({
  mint: external({ to: address, amount: uint256 }, ({ to, amount }) => {
    supply.set(supply.get() + amount);
    credit(to, amount);
    Transfer({ from: zeroAddress, to, value: amount });
  }),

  transfer: external({ to: address, amount: uint256 }, bool, ({ to, amount }) => {
    const from = sender();
    const have = balances.get(from);
    require(have >= amount, "insufficient balance");
    balances.set(from, have - amount);
    credit(to, amount);
    Transfer({ from, to, value: amount });
    return true;
  }),

  balanceOf: view({ owner: address }, uint256, ({ owner }) => balances.get(owner)),

  totalSupply: view({}, uint256, () => supply.get()),
});
