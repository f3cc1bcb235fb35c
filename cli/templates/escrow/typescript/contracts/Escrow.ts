import {
  type Address,
  address,
  contract,
  event,
  external,
  host,
  indexed,
  payable,
  require,
  sender,
  storage,
  uint256,
  view,
} from "@delchain/node";

// Holds what a buyer pays until the goods are there: released to the seller by the buyer, or refunded after the time.

const state = storage({
  buyer: address,
  seller: address,
  deadline: uint256,
  amount: uint256,
});

const Deposited = event("Deposited", { buyer: indexed(address), amount: uint256 });
const Released = event("Released", { seller: indexed(address), amount: uint256 });
const Refunded = event("Refunded", { buyer: indexed(address), amount: uint256 });

function requireBuyer(): void {
  require(sender() === state.buyer.get(), "only the buyer");
}

function isOver(): boolean {
  return host.blockTimestamp() >= state.deadline.get();
}

/** Leaves as a message, which the next block delivers. Without gas it pays accounts, and no contract that runs code. */
function pay(to: Address): bigint {
  const paid = state.amount.get();
  require(paid > 0n, "nothing is held");
  state.amount.set(0n);
  host.send(to, paid, new Uint8Array(), 0n);
  return paid;
}

export const escrow = contract({
  constructor: external({ payee: address, duration: uint256 }, ({ payee, duration }) => {
    state.buyer.set(sender());
    state.seller.set(payee);
    state.deadline.set(host.blockTimestamp() + duration);
  }),

  buyer: view({}, address, () => state.buyer.get()),
  seller: view({}, address, () => state.seller.get()),
  deadline: view({}, uint256, () => state.deadline.get()),
  amount: view({}, uint256, () => state.amount.get()),

  deposit: payable({}, () => {
    requireBuyer();
    require(!isOver(), "too late");
    state.amount.set(state.amount.get() + host.value());
    Deposited({ buyer: sender(), amount: host.value() });
  }),

  release: external({}, () => {
    requireBuyer();
    const seller = state.seller.get();
    Released({ seller, amount: pay(seller) });
  }),

  refund: external({}, () => {
    require(isOver(), "too early");
    const buyer = state.buyer.get();
    Refunded({ buyer, amount: pay(buyer) });
  }),
});
