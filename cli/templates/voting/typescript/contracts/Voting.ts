import {
  address,
  bool,
  contract,
  event,
  external,
  host,
  indexed,
  mapping,
  require,
  sender,
  storage,
  uint256,
  view,
} from "@delchain/node";

// A vote between options that are numbered from 0, one vote an address, until a deadline.

const state = storage({
  options: uint256,
  deadline: uint256,
  votes: mapping(uint256, uint256),
  voters: mapping(address, bool),
});

const Voted = event("Voted", { voter: indexed(address), option: indexed(uint256) });

export const voting = contract({
  constructor: external({ count: uint256, duration: uint256 }, ({ count, duration }) => {
    require(count > 0n, "no options");
    state.options.set(count);
    state.deadline.set(host.blockTimestamp() + duration);
  }),

  vote: external({ option: uint256 }, ({ option }) => {
    require(host.blockTimestamp() < state.deadline.get(), "too late");
    require(option < state.options.get(), "no such option");
    require(!state.voters.get(sender()), "voted already");
    state.voters.set(sender(), true);
    state.votes.set(option, state.votes.get(option) + 1n);
    Voted({ voter: sender(), option });
  }),

  winner: view({}, uint256, () => {
    require(host.blockTimestamp() >= state.deadline.get(), "too early");
    let best = 0n;
    for (let option = 1n; option < state.options.get(); option++) {
      if (state.votes.get(option) > state.votes.get(best)) best = option;
    }
    return best;
  }),

  options: view({}, uint256, () => state.options.get()),
  deadline: view({}, uint256, () => state.deadline.get()),
  votes: view({ option: uint256 }, uint256, ({ option }) => state.votes.get(option)),
  hasVoted: view({ voter: address }, bool, ({ voter }) => state.voters.get(voter)),
});
