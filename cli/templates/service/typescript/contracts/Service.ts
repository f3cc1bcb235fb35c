import {
  address,
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

// A notary as a service: who registered a document's hash first, and when. It runs in a container of its own.

const { ownerOf, timeOf, operator } = storage({
  ownerOf: mapping(uint256, address),
  timeOf: mapping(uint256, uint256),
  operator: address,
});

const Notarized = event("Notarized", {
  document: indexed(uint256),
  owner: indexed(address),
  time: uint256,
});
const Given = event("Given", {
  document: indexed(uint256),
  from: indexed(address),
  to: indexed(address),
});

export const service = contract({
  constructor: external({}, () => operator.set(sender())),

  // Documents stay when the code changes: delchain upgrade.
  upgradeTo: external({ implementation: address }, ({ implementation }) => {
    require(operator.get() === sender(), "only the operator");
    host.upgrade(implementation);
  }),

  notarize: external({ document: uint256 }, ({ document }) => {
    const time = host.blockTimestamp();
    require(timeOf.get(document) === 0n, "notarized already");
    ownerOf.set(document, sender());
    timeOf.set(document, time);
    Notarized({ document, owner: sender(), time });
  }),

  give: external({ document: uint256, to: address }, ({ document, to }) => {
    require(ownerOf.get(document) === sender(), "only the owner");
    ownerOf.set(document, to);
    Given({ document, from: sender(), to });
  }),

  ownerOf: view({ document: uint256 }, address, ({ document }) => ownerOf.get(document)),
  timeOf: view({ document: uint256 }, uint256, ({ document }) => timeOf.get(document)),
});
