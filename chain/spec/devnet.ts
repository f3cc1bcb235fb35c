import {
  type Address,
  fromHex,
  type Hex,
  keccak256Bytes,
  toAddress,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Host } from "../attest/committee.ts";
import type { ChainSpec } from "./spec.ts";
import { systemCode } from "./systemCode.ts";

const WEI: bigint = 10n ** 18n;
const GWEI: bigint = 10n ** 9n;
const KIB = 1024;
const MIB: number = 1024 * KIB;

/** BIP-39 words that every Ethereum tool knows, so that their default accounts own the devnet's coins. */
export const DEVNET_MNEMONIC = "test test test test test test test test test test test junk";

/** The first ten accounts of `DEVNET_MNEMONIC` at m/44'/60'/0'/0/i. */
export const DEVNET_ACCOUNTS: readonly Address[] = [
  "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
  "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc",
  "0x90f79bf6eb2c4f870365e785982e1f101e93b906",
  "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
  "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
  "0x976ea74026e726554db657fa54763abd0c3a0aa9",
  "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
  "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
  "0xa0ee7a142d267c1f36714e4a8f75612f20a79720",
].map(toAddress);

/** Their secret keys, which the mnemonic gives away: worth nothing anywhere else. */
export const DEVNET_KEYS: readonly Hex[] = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
  "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
  "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
  "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
  "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
  "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
  "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
];

/**
 * Owners and payouts of the devnet's hosts: the mnemonic's accounts 10 and 11, which people have no use for, so that a
 * node may send what hosts say without getting between somebody's nonces.
 */
export const DEVNET_HOST_OWNERS: readonly {
  readonly address: Address;
  readonly secret: Uint8Array;
}[] = [
  {
    address: toAddress("0xbcd4042de499d14e55001ccbb24a551f3b954096"),
    secret: fromHex("0xf214f2b2cd398c806f84e317254e0f0b801d0643303237d97a22a48e01628897"),
  },
  {
    address: toAddress("0x71be63f3384f5fb98995898a86b02fb2426c5788"),
    secret: fromHex("0x701b615bbdfb9de65240bc28bd21bbc0d996645a3dd57e7b12bc2bdf6f192c82"),
  },
];

/** One host for each of the two replicas that a devnet runs. Keys come from `devnetHostSecret`. */
const DEVNET_HOSTS: readonly Host[] = [
  "0x93a5904f5432737aeaaa3a1008c0790ec9d4ed604a7dcfa6ca70cc5180c24f1cc05e0d332155b219a8016cb1b17334f8",
  "0xb8d3772a47041550fa84a5cc0d0b4d5fc7e94946b9976c09f6208c06a4c43dd34146d9a74915fe7aeb80be7092012977",
].map((publicKey, i) => ({
  publicKey: publicKey as Hex,
  payout: DEVNET_HOST_OWNERS[i]?.address as Address,
}));

const MESSAGES: Address = toAddress("0x0000000000000000000000000000000000dc0002");
const HOSTS: Address = toAddress("0x0000000000000000000000000000000000dc0003");
const CONTRACTS: Address = toAddress("0x0000000000000000000000000000000000dc0004");
const CHALLENGES: Address = toAddress("0x0000000000000000000000000000000000dc0005");

/** A single node with one seat on one machine. Everything secret in it is public: never give it real value. */
export const DEVNET: ChainSpec = {
  network: "devnet",
  cheats: true,
  // The number that hardhat, anvil and their wallets' presets use for a local chain.
  chainId: 31_337n,
  genesis: {
    // 2026-01-01T00:00:00Z: a constant, so that every devnet has the same genesis block.
    timestamp: 1_767_225_600n,
    randomness: ZERO_HASH,
    balances: [
      ...DEVNET_ACCOUNTS.map((address) => ({ address, balance: 10_000n * WEI })),
      // For the fees of what hosts say.
      ...DEVNET_HOST_OWNERS.map(({ address }) => ({ address, balance: 100n * WEI })),
    ],
  },

  // Ethereum's constants. The minimum is where its integer division stops by itself: 7 / 8 is 0.
  baseFeeRule: { changeDenominator: 8n, elasticity: 2n, min: 7n },
  // 134 million gas: half a second of EVM code at the 4 ns a gas that the engine takes, and 3.2 s of the slowest
  // WebAssembly known (24 ns a gas, runtime/wasm/README.md).
  blockGasLimit: 2n ** 27n,
  // Half a block, and enough for the largest module: 512 KiB at 20 + 5 gas a byte are 13 million.
  transactionGasMax: 2n ** 26n,
  initialBaseFee: GWEI,

  // About 200 calls of the tour's token. It also bounds certificates: a byte of a log is 8 gas on each member, so
  // that two members' calls of one block log 4 MiB at most.
  containerGasLimit: 2n ** 26n,
  initialContainerBaseFee: GWEI,
  // 21,000 for the transaction, two fresh slots at 22,100, three changed ones at 5,000, rounded up.
  orderGas: 100_000n,

  // Ten minutes: time to start an engine that was forgotten, or to build an image.
  orderDeadlineBlocks: 120n,
  orderDeadlineSeconds: 600n,
  // Half of what a block orders, and as cheap.
  overdueMax: 256,
  // php_8_4.wasm of @php-wasm/node-8-4 3.1.54, and what it boots with: sdk-langs/php and runtime/php/bootFiles.ts.
  php: {
    interpreter: "ec17f3652f5b11a258e78e4ffde0db873bceebdb3c3d1492cf6862326f8aecce",
    sdk: "201cfc98108d039aa1d7b303656abe758a7dffe8229b825fd20fa6faccb596e0",
  },

  // Nobody grinds on a network of one; with more hosts it is 2 (design, section 5).
  committeeSeedDelay: 0,
  // Against forged results (design, section 5): as many as chain/attest/README.md gives the odds of.
  committeeSizes: { fast: 11, strong: 61, all: 303 },
  // Half a minute of slots: time for a cold container and two messages, thrice within the deadline.
  levelBlocks: 6n,
  // One machine is all hosts: there is nobody to wait for.
  challengeBlocks: 0n,
  // As long as a call waits for its certificate, twice.
  verdictBlocks: 240n,
  // A fiftieth of a stake: 61 members at the price of a call that uses all its gas, and what their time is worth.
  challengeBond: 20n * WEI,
  sendingHostsMin: 1,
  hosts: DEVNET_HOSTS,
  hostRules: {
    // A tenth of what a funded account has.
    stakeUnit: 1_000n * WEI,
    // The draw hashes each, 4 ms for all; reading them when the registry has changed takes 35.
    hostsMax: 1_024,
    // Registered before the seed's last randomness, whatever `committeeSeedDelay` a network has.
    joinBlocks: 2n,
    // Short enough to be tried by hand: a network's are days.
    noticeBlocks: 8n,
    unbondingBlocks: 64n,
    missesMax: 8,
    // Ten rounds of 303 slots (design, section 8).
    epochBlocks: 3_030n,
    jailBlocks: 128n,
  },
  contractRules: {
    // A day at five seconds a block.
    rollbackBlocks: 17_280n,
    // Half of what one certificate may change; three slots of state for each.
    rollbackSlotsMax: 4_096,
    rollbacksMax: 16,
    epochBlocks: 3_030n,
    // One machine keeps its own containers.
    rent: { small: 0n, medium: 0n, large: 0n },
    // A week and thirty days.
    warningBlocks: 120_960n,
    archiveBlocks: 518_400n,
    // At 47,000 gas each 12 of a system call's 30 million.
    sweepMax: 64,
  },

  queueAddress: toAddress("0x0000000000000000000000000000000000dc0001"),
  messagesAddress: MESSAGES,
  hostsAddress: HOSTS,
  contractsAddress: CONTRACTS,
  challengesAddress: CHALLENGES,
  systemContracts: [
    { address: MESSAGES, code: systemCode("Messages") },
    { address: HOSTS, code: systemCode("Hosts") },
    { address: CONTRACTS, code: systemCode("Contracts") },
    { address: CHALLENGES, code: systemCode("Challenges") },
  ],
  // Sixteen blocks' worth of one contract's calls at eight a block, or a burst of all of one block's.
  queueLengthMax: 1_024,
  // A message is two system calls and its own: about 200 us beside what it runs, 25 ms in all. A quarter of a block's gas,
  // so that transactions always find room; the largest message has half of it.
  messagesMax: 128,
  messageGasLimit: 2n ** 25n,
  // Two words of ABI and 30 more: a list of a few, or a reason in words.
  messageResultMax: 1_024,
  // An order is a nonce, a lock and five slots: about 50 us of the block's time, 25 ms in all.
  ordersMax: 512,
  // Each costs a pairing check of 1.35 ms: 86 ms in all.
  certificatesMax: 64,
  // Each costs 61 pairings, 30 ms: a quarter of a second in all.
  commitmentsMax: 8,
  // The logs that one block's container gas can pay for, and what stands around them.
  certificateBytesMax: 5 * MIB,
  // At 65 bytes a slot a quarter of a certificate, and 16,384 trie leaves to change.
  certificateSlotsMax: 8_192,
  // The largest payload (512 KiB) with 128 KiB for constructor calldata, access list and the rest.
  transactionBytesMax: 640 * KIB,
  // A quarter for new transactions; the largest certificate with its transactions fits into the rest.
  blockBytesMax: 16 * MIB,
};

/** The BLS secret of a devnet host, 32 bytes: public knowledge, like the mnemonic. */
export function devnetHostSecret(index: number): Uint8Array {
  const secret = keccak256Bytes(new TextEncoder().encode(`delchain devnet host ${index}`));
  // The group's order lies between 2^254 and 2^255: two bits less, and every hash is a secret.
  secret[0] = (secret[0] as number) & 0x3f;
  return secret;
}
