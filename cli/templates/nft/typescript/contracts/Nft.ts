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
  uint256,
  view,
  zeroAddress,
} from "@delchain/node";

// Tokens of which each is one of its kind, with the interface of ERC-721 that wallets and markets use.

const state = storage({
  minter: address,
  totalSupply: uint256,
  owners: mapping(uint256, address),
  balances: mapping(address, uint256),
  approved: mapping(uint256, address),
  operators: mapping(address, mapping(address, bool)),
});

const Transfer = event("Transfer", {
  from: indexed(address),
  to: indexed(address),
  tokenId: indexed(uint256),
});
const Approval = event("Approval", {
  owner: indexed(address),
  approved: indexed(address),
  tokenId: indexed(uint256),
});
const ApprovalForAll = event("ApprovalForAll", {
  owner: indexed(address),
  operator: indexed(address),
  approved: bool,
});

function ownerOf(tokenId: bigint): Address {
  const owner = state.owners.get(tokenId);
  require(owner !== zeroAddress, "no such token");
  return owner;
}

function isOperator(owner: Address): boolean {
  return sender() === owner || state.operators.at(owner).get(sender());
}

export const nft = contract({
  constructor: external({}, () => state.minter.set(sender())),

  mint: external({ to: address }, uint256, ({ to }) => {
    require(sender() === state.minter.get(), "only the minter");
    require(to !== zeroAddress, "nobody to mint to");
    const tokenId = state.totalSupply.get() + 1n;
    state.totalSupply.set(tokenId);
    state.owners.set(tokenId, to);
    state.balances.set(to, state.balances.get(to) + 1n);
    Transfer({ from: zeroAddress, to, tokenId });
    return tokenId;
  }),

  approve: external({ to: address, tokenId: uint256 }, ({ to, tokenId }) => {
    const owner = ownerOf(tokenId);
    require(isOperator(owner), "not allowed");
    state.approved.set(tokenId, to);
    Approval({ owner, approved: to, tokenId });
  }),

  setApprovalForAll: external({ operator: address, approved: bool }, ({ operator, approved }) => {
    state.operators.at(sender()).set(operator, approved);
    ApprovalForAll({ owner: sender(), operator, approved });
  }),

  transferFrom: external(
    { from: address, to: address, tokenId: uint256 },
    ({ from, to, tokenId }) => {
      require(ownerOf(tokenId) === from, "not the owner");
      require(to !== zeroAddress, "nobody to give to");
      require(isOperator(from) || state.approved.get(tokenId) === sender(), "not allowed");
      state.approved.set(tokenId, zeroAddress);
      state.balances.set(from, state.balances.get(from) - 1n);
      state.balances.set(to, state.balances.get(to) + 1n);
      state.owners.set(tokenId, to);
      Transfer({ from, to, tokenId });
    },
  ),

  name: view({}, string, () => "Deeds"),
  symbol: view({}, string, () => "DEED"),
  minter: view({}, address, () => state.minter.get()),
  totalSupply: view({}, uint256, () => state.totalSupply.get()),
  balanceOf: view({ owner: address }, uint256, ({ owner }) => state.balances.get(owner)),
  ownerOf: view({ tokenId: uint256 }, address, ({ tokenId }) => ownerOf(tokenId)),
  getApproved: view({ tokenId: uint256 }, address, ({ tokenId }) => state.approved.get(tokenId)),
  isApprovedForAll: view({ owner: address, operator: address }, bool, ({ owner, operator }) =>
    state.operators.at(owner).get(operator),
  ),
});
