import { type Address, EMPTY_CODE_HASH, type StateDiff, type StateView } from "@delchain/runtime";
import { isContainer } from "../transition/runningManifest.ts";

/** Containers that have no code in `before`; code never changes, so nothing else becomes one. */
export function deployedContainers(
  diff: StateDiff,
  before: StateView,
  after: StateView,
): readonly Address[] {
  const isNew = (address: Address) =>
    (before.account(address)?.codeHash ?? EMPTY_CODE_HASH) === EMPTY_CODE_HASH;
  return diff.accounts
    .filter(({ codeHash, address }) => codeHash !== EMPTY_CODE_HASH && isNew(address))
    .map(({ address }) => address)
    .filter((address) => isContainer(after, address));
}
