import { type Address, type ParseAbi, parseAbi } from "viem";

const HOSTS = [
  "struct Host { bytes32 keyStart; bytes16 keyEnd; uint64 from; uint64 until; address payout; uint8 classes; bool isJailed; bool isSlashed; address owner; uint32 place; uint128 stake; uint64 missEpoch; uint32 misses; }",
  "struct Word { bytes findings; bytes32 commitments; bytes signature; }",
  "function parameters() view returns (uint128 stakeUnit, uint32 hostsMax, uint32 joinBlocks, uint32 noticeBlocks, uint32 unbondingBlocks, uint32 missesMax, uint32 epochBlocks, uint32 jailBlocks)",
  "function count() view returns (uint256)",
  "function readyCount(uint8 class) view returns (uint256 found)",
  "function list(uint256 first, uint256 most) view returns (bytes32[] found, Host[] records)",
  "function offers(bytes32 id, uint8 class) view returns (uint128 attestation, uint128 retainer)",
  "function register(bytes key, bytes proof, address payout, uint8 classes) payable returns (bytes32 id)",
  "function offer(bytes32 id, uint8 class, uint128 attestation, uint128 retainer)",
  "function setPayout(bytes32 id, address payout)",
  "function giveNotice(bytes32 id)",
  "function withdraw(bytes32 id)",
  "function comeBack(bytes32 id)",
  "function report(bytes key, bytes round, Word one, Word other)",
  "event Registered(bytes32 indexed id, address indexed owner, bytes key, uint8 classes, uint64 from)",
  "event Offered(bytes32 indexed id, uint8 class, uint128 attestation, uint128 retainer)",
  "event PayoutChanged(bytes32 indexed id, address payout)",
  "event NoticeGiven(bytes32 indexed id, uint64 until)",
  "event Left(bytes32 indexed id, uint256 stake)",
  "event Returned(bytes32 indexed id, uint64 from)",
  "event Slashed(bytes32 indexed id, uint256 amount, address reporter, uint256 reward)",
  "error WrongStake(uint256 sent, uint256 unit)",
  "error HostsFull(uint256 limit)",
  "error KeyTaken(bytes32 id)",
  "error NoProof(bytes32 id)",
  "error NoSuchClass(uint8 class)",
  "error NotOwner(bytes32 id, address owner)",
  "error NoPayout()",
  "error HasLeft(bytes32 id, uint64 until)",
  "error TooEarly(uint64 until)",
  "error NotJailed(bytes32 id)",
  "error NoConflict()",
  "error NotPaid(address to, uint256 amount)",
] as const;

/** HOSTS, where hosts register: for viem's `readContract` and `writeContract`. */
export const hostsContract: { readonly address: Address; readonly abi: ParseAbi<typeof HOSTS> } = {
  address: "0x0000000000000000000000000000000000dc0003",
  abi: parseAbi(HOSTS),
};

const CONTRACTS = [
  "struct Contract { uint8 status; uint8 funding; bool isDraining; uint64 switchIndex; address version; address previous; uint64 activatedAt; bool hasMovedValue; uint64 suspendedBefore; uint64 settledAt; uint64 dueAt; uint128 escrow; uint64 calls; }",
  "function parameters() view returns (uint32 rollbackBlocks, uint32 epochBlocks, uint32 warningBlocks, uint32 archiveBlocks, uint128 smallRent, uint128 mediumRent, uint128 largeRent)",
  "function contractOf(address target) view returns (Contract)",
  "function policies(address version) view returns (address admin, uint8 class, uint16 replicas, uint32 timelock, bool keepsFormer, bool canMigrateBack, bool isDeclared)",
  "function approversOf(address version) view returns (address[])",
  "function candidates(address target) view returns (address version, uint64 notBefore, uint16 approvals, uint16 ready, bytes32 manifest, uint64 round)",
  "function stagedBy(address version) view returns (uint256)",
  "function manifestOf(address version) view returns (bytes32)",
  "function rentOf(uint8 class) view returns (uint128)",
  "function checkReady(address target) view",
  "function propose(address target, address version)",
  "function approve(address target, address version, bytes32 manifest)",
  "function ready(address target, address version, bytes32 host)",
  "function cancel(address target)",
  "function rollback(address target)",
  "function suspend(address target)",
  "function resume(address target)",
  "function retire(address target)",
  "function topUp(address target) payable",
  "function keep(address target, bytes32 host)",
  "function keepersOf(address target) view returns (bytes32[])",
  "function earned(address payout) view returns (uint256)",
  "function collect(address payout)",
  "event Declared(address indexed version, address indexed admin, uint8 class)",
  "event Proposed(address indexed target, address indexed version, bytes32 manifest, uint64 notBefore)",
  "event Approved(address indexed target, address indexed version, address approver)",
  "event Ready(address indexed target, address indexed version, bytes32 host)",
  "event Cancelled(address indexed target, address indexed version)",
  "event Activated(address indexed target, address indexed version)",
  "event RollbackBegun(address indexed target, address indexed version)",
  "event Suspended(address indexed target, address indexed by)",
  "event Resumed(address indexed target)",
  "event Retired(address indexed target, uint256 escrow)",
  "event ToppedUp(address indexed target, address indexed by, uint256 amount)",
  "event Frozen(address indexed target)",
  "event Restored(address indexed target)",
  "error NotAdmin(address target, address admin)",
  "error NotApprover(address version, address caller)",
  "error NotHost(bytes32 host, address owner)",
  "error AlreadySaid(address target, address version)",
  "error NoPolicy(address version)",
  "error NotAContainer(address version)",
  "error WrongStatus(address target, uint8 status)",
  "error NotCandidate(address target, address version, bytes32 manifest)",
  "error NotApproved(address target, uint256 approvals, uint256 needed)",
  "error NotStaged(address target, uint256 ready, uint256 needed)",
  "error Timelocked(address target, uint64 notBefore)",
  "error IsSwitching(address target)",
  "error NothingToRollBack(address target)",
  "error WindowClosed(address target, uint64 last)",
  "error HasMovedValue(address target)",
  "error NeedsAudit(address target)",
  "error NotPaid(address to, uint256 amount)",
  "error AlreadyKeeps(address target, bytes32 host)",
  "error KeepersFull(address target, uint256 limit)",
  "error NothingEarned(address payout)",
] as const;

/** CONTRACTS, which knows the lives of container contracts. */
export const contractsContract: {
  readonly address: Address;
  readonly abi: ParseAbi<typeof CONTRACTS>;
} = {
  address: "0x0000000000000000000000000000000000dc0004",
  abi: parseAbi(CONTRACTS),
};

const CHALLENGES = [
  "struct Judged { address target; uint8 class; uint64 orderingNumber; uint64 firstIndex; uint64 lastIndex; bytes32 manifest; bytes32 preRoot; bytes32 findings; bytes32 signers; uint64 stateAt; uint32 hosts; }",
  "struct Challenge { uint64 openedIn; uint64 judgedIn; uint64 firstIndex; uint64 lastIndex; uint64 orderingNumber; uint64 stateAt; uint32 hosts; bytes32 manifest; bytes32 preRoot; bytes32 findings; address challenger; uint128 bond; bytes32[] signers; }",
  "function parameters() view returns (uint64 windowBlocks, uint64 verdictBlocks, uint128 bond)",
  "function challenge(uint64 number, Judged judged, bytes32[] records, bytes32[] signers, bytes32 host) payable",
  "function bondOf(address target) view returns (uint256)",
  "function challengeOf(address target) view returns (Challenge)",
  "function open() view returns (address[])",
  "function heldUntil(address target) view returns (uint64)",
  "event Challenged(address indexed target, bytes32 indexed host, uint64 firstIndex, uint64 lastIndex, uint64 judgedIn)",
  "event Rejected(address indexed target, uint64 firstIndex, address challenger)",
  "event Upheld(address indexed target, uint64 firstIndex, address challenger, uint256 slashed, uint256 reward)",
  "event Undecided(address indexed target, uint64 firstIndex, address challenger)",
  "error NotHost(bytes32 host, address owner)",
  "error WrongBond(uint256 sent, uint256 bond)",
  "error TooLate(uint64 number, uint64 window)",
  "error NotJudged(address target, uint64 number)",
  "error AlreadyJudged(address target, uint64 firstIndex)",
  "error AlreadyChallenged(address target)",
  "error TooManyChallenges(uint256 limit)",
] as const;

/** CHALLENGES, where results are contested. */
export const challengesContract: {
  readonly address: Address;
  readonly abi: ParseAbi<typeof CHALLENGES>;
} = {
  address: "0x0000000000000000000000000000000000dc0005",
  abi: parseAbi(CHALLENGES),
};
