/**
 * The price list of the host API in gas, one for all tiers. What the EVM also does costs what the EVM charges
 * (Yellow Paper, appendix G; EIP-2929 and EIP-3529); the engine computes warm, cold and refund for the
 * synchronous tiers, and the container tier, which runs outside a transaction, pays the cold price each time.
 */
export const PRICES: {
  readonly storageColdLoad: number;
  readonly storageWarmLoad: number;
  readonly storageStore: number;
  readonly transientStorage: number;
  readonly logBase: number;
  readonly logTopic: number;
  readonly logByte: number;
  readonly accountCold: number;
  readonly accountWarm: number;
  readonly keccakBase: number;
  readonly keccakWord: number;
  readonly contextRead: number;
  readonly copyWord: number;
  readonly deployByte: number;
  readonly instrumentByte: number;
} = {
  storageColdLoad: 2_100,
  storageWarmLoad: 100,
  // The highest of EIP-2200's cases, cold slot included; only the container tier charges it flat.
  storageStore: 22_100,
  transientStorage: 100,
  logBase: 375,
  logTopic: 375,
  logByte: 8,
  accountCold: 2_600,
  accountWarm: 100,
  keccakBase: 30,
  keccakWord: 6,
  // ADDRESS, CALLER and their like are 2 gas in the EVM ("base").
  contextRead: 2,
  copyWord: 3,
  // Design section 2: our tiers' code pays 20 gas a byte, without the EVM's size limits.
  deployByte: 20,
  // The instrumentation pass and the engine's two validations take 60 to 80 ns a byte, at 4 ns a gas.
  instrumentByte: 20,
};
