import {
  address,
  array,
  bool,
  bytes,
  bytes32,
  type Contract,
  contract,
  error,
  event,
  external,
  fixedBytes,
  host,
  indexed,
  int16,
  int256,
  mapping,
  payable,
  require,
  sender,
  storage,
  string,
  uint,
  uint64,
  uint128,
  uint256,
  view,
} from "@delchain/node";

// Club.sol in TypeScript.

const uint24 = uint(24);
const bytes3 = fixedBytes(3);

const state = storage({
  owner: address,
  members: uint64,
  isOpen: bool,
  tag: bytes3,
  name: string,
  scores: mapping(address, mapping(string, int256)),
  history: array(uint256),
  ranks: array(uint24),
  notes: array(string),
  documents: mapping(bytes32, bytes),
  low: int16,
  fund: uint128,
});

const Opened = event("Opened", { owner: indexed(address), name: string, tag: bytes3 });
const Scored = event("Scored", {
  who: indexed(address),
  topic: indexed(string),
  text: string,
  change: int256,
  total: int256,
});
const Noted = event("Noted", { index: indexed(uint256), note: string, ranks: array(uint24) });

const Closed = error("Closed", {});
const NotOwner = error("NotOwner", { caller: address, owner: address });
const TooLow = error("TooLow", { who: address, topic: string, total: int256 });

export const club: Contract = contract({
  open: external({ name: string, tag: bytes3 }, ({ name, tag }) => {
    require(!state.isOpen.get(), "already open");
    state.owner.set(sender());
    state.isOpen.set(true);
    state.name.set(name);
    state.tag.set(tag);
    Opened({ owner: sender(), name, tag });
  }),

  join: payable({}, () => {
    require(state.isOpen.get(), Closed({}));
    state.members.set(state.members.get() + 1n);
    state.fund.set(state.fund.get() + host.value());
  }),

  score: external(
    { who: array(address), topic: string, changes: array(int256) },
    ({ who, topic, changes }) => {
      const owner = state.owner.get();
      require(sender() === owner, NotOwner({ caller: sender(), owner }));
      require(who.length === changes.length, "one change for each");
      for (const [index, one] of who.entries()) {
        const change = changes[index] ?? 0n;
        const total = state.scores.at(one).get(topic) + change;
        state.scores.at(one).set(topic, total);
        require(total >= -1000n, TooLow({ who: one, topic, total }));
        if (total < state.low.get()) state.low.set(total);
        Scored({ who: one, topic, text: topic, change, total });
      }
    },
  ),

  record: external({ value: uint256 }, ({ value }) => state.history.push(value)),
  forget: external({}, () => state.history.pop()),
  amend: external({ index: uint256, value: uint256 }, ({ index, value }) =>
    state.history.at(index).set(value),
  ),

  rank: external({ values: array(uint24) }, ({ values }) => {
    for (const value of values) state.ranks.push(value);
  }),
  unrank: external({}, () => state.ranks.pop()),
  rerank: external({ index: uint256, value: uint24 }, ({ index, value }) =>
    state.ranks.at(index).set(value),
  ),

  note: external({ text: string }, ({ text }) => {
    state.notes.push(text);
    Noted({ index: state.notes.length() - 1n, note: text, ranks: state.ranks.get() });
  }),
  editNote: external({ index: uint256, text: string }, ({ index, text }) =>
    state.notes.at(index).set(text),
  ),
  dropNote: external({}, () => state.notes.pop()),

  file: external({ id: bytes32, data: bytes }, ({ id, data }) => state.documents.set(id, data)),

  summary: view({}, [address, uint64, bool, bytes3, string, int16, uint128], () => [
    state.owner.get(),
    state.members.get(),
    state.isOpen.get(),
    state.tag.get(),
    state.name.get(),
    state.low.get(),
    state.fund.get(),
  ]),
  scoreOf: view({ who: address, topic: string }, int256, ({ who, topic }) =>
    state.scores.at(who).get(topic),
  ),
  all: view({}, [array(uint256), array(uint24), array(string)], () => [
    state.history.get(),
    state.ranks.get(),
    state.notes.get(),
  ]),
  document: view({ id: bytes32 }, bytes, ({ id }) => state.documents.get(id)),

  // Integers here have no end, so a result says whether it fits.
  unsignedMath: view({ a: uint256, b: uint256 }, [uint256, uint256, uint256], ({ a, b }) => [
    a * b,
    a / b,
    a % b,
  ]),
  signedMath: view({ a: int256, b: int256 }, [int256, int256, int256, int256], ({ a, b }) => [
    a - b,
    a * b,
    a / b,
    a % b,
  ]),
});
