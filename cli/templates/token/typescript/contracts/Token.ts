import {
  type Address,
  address,
  bool,
  contract,
  event,
  external,
  indexed,
  mapping,
  require,
  sender,
  storage,
  string,
  uint8,
  uint256,
  view,
  zeroAddress,
} from "@delchain/node";

// An ERC-20 token. It runs in a container of its own, one call after the other: none enters while another runs.

const { balances, allowances, supply } = storage({
  balances: mapping(address, uint256),
  allowances: mapping(address, mapping(address, uint256)),
  supply: uint256,
});

const Transfer = event("Transfer", {
  from: indexed(address),
  to: indexed(address),
  value: uint256,
});
const Approval = event("Approval", {
  owner: indexed(address),
  spender: indexed(address),
  value: uint256,
});

function move(from: Address, to: Address, amount: bigint): void {
  const have = balances.get(from);
  require(have >= amount, "insufficient balance");
  balances.set(from, have - amount);
  balances.set(to, balances.get(to) + amount);
  Transfer({ from, to, value: amount });
}

export const token = contract({
  constructor: external({ amount: uint256 }, ({ amount }) => {
    supply.set(amount);
    balances.set(sender(), amount);
    Transfer({ from: zeroAddress, to: sender(), value: amount });
  }),

  transfer: external({ to: address, amount: uint256 }, bool, ({ to, amount }) => {
    move(sender(), to, amount);
    return true;
  }),

  approve: external({ spender: address, amount: uint256 }, bool, ({ spender, amount }) => {
    allowances.at(sender()).set(spender, amount);
    Approval({ owner: sender(), spender, value: amount });
    return true;
  }),

  transferFrom: external(
    { from: address, to: address, amount: uint256 },
    bool,
    ({ from, to, amount }) => {
      const allowed = allowances.at(from).get(sender());
      require(allowed >= amount, "insufficient allowance");
      allowances.at(from).set(sender(), allowed - amount);
      move(from, to, amount);
      return true;
    },
  ),

  name: view({}, string, () => "Gold"),
  symbol: view({}, string, () => "GLD"),
  decimals: view({}, uint8, () => 18n),
  totalSupply: view({}, uint256, () => supply.get()),
  balanceOf: view({ owner: address }, uint256, ({ owner }) => balances.get(owner)),
  allowance: view({ owner: address, spender: address }, uint256, ({ owner, spender }) =>
    allowances.at(owner).get(spender),
  ),
});
