import {
  address,
  bool,
  bytes32,
  type Contract,
  contract,
  external,
  require,
  sender,
  string,
  uint64,
  uint256,
} from "@delchain/node";

// One function for each type of the ABI that the SDKs have in common.

export const types: Contract = contract({
  constructor: external({ number: uint64 }, ({ number }) => require(number !== 7n, "seven")),
  greet: external(
    { name: string, mark: string },
    string,
    ({ name, mark }) => `Hello ${name}${mark}`,
  ),
  mixed: external(
    { flag: bool, number: uint64, word: bytes32, who: address, text: string },
    uint256,
    ({ flag, number, word, who, text }) => {
      const ends = BigInt(`0x${word.slice(-2)}`) + BigInt(`0x${who.slice(-2)}`);
      return (flag ? 1n : 0n) + number + BigInt(new TextEncoder().encode(text).length) + ends;
    },
  ),
  not: external({ flag: bool }, bool, ({ flag }) => !flag),
  next: external({ number: uint64 }, uint64, ({ number }) => number + 1n),
  same: external({ word: bytes32 }, bytes32, ({ word }) => word),
  me: external({}, address, () => sender()),
});
