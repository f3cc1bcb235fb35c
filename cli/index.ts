// The front door of @delchain/cli: what other programs of the repository say in the same way.

export { devnetAccounts } from "./commands/account.ts";
export { printAccounts, stopSignal } from "./commands/devnet.ts";
export { table, terminal } from "./output.ts";
