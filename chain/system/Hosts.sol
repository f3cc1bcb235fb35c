// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bls} from "./Bls.sol";

/// @title Who may run containers
/// @notice A host is one BLS key with one stake unit, which is one place in the draw of committees; who wants two
/// places registers two keys. The protocol reads hosts from this storage: a host judges the calls that block N orders
/// when `from <= N < until`. Both lie in the future when they are written, so that nobody enters or leaves a draw
/// whose randomness is known.
contract Hosts {
    /// Where the protocol calls from.
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    address private constant CHALLENGES = 0x0000000000000000000000000000000000DC0005;
    /// All classes, small, medium and large, by their bits.
    uint8 private constant CLASSES = 7;
    uint64 private constant NEVER = type(uint64).max;
    /// What names a round begins so, in RLP: a list of 189 bytes, and its text. The chain's id follows.
    bytes private constant ROUND = hex"f8bd9044656c436861696e20726f756e642031";
    uint256 private constant ROUND_BYTES = 191;
    /// The RLP of a statement begins so: a list of 126 bytes, and its text. The round's hash follows.
    bytes private constant STATEMENT = hex"f87e9144656c436861696e20726573756c742031";
    /// The RLP of what they sign begins so: a list of 89 bytes, and its text.
    bytes private constant ATTESTATION = hex"f8599644656c436861696e206174746573746174696f6e2031";
    /// The RLP of what they sign with a commitment begins so: a list of 88 bytes, and its text.
    bytes private constant COMMITMENT = hex"f8589544656c436861696e20636f6d6d69746d656e742031";
    /// What a statement ends with: the hashes of diff and results, and the gas, in RLP.
    uint256 private constant FINDINGS = 75;

    /// What a network's genesis says; amounts in wei, times in blocks.
    struct Parameters {
        uint128 stakeUnit;
        uint32 hostsMax;
        /// From registration or the end of a jail to the first draw.
        uint32 joinBlocks;
        /// From notice to the last draw.
        uint32 noticeBlocks;
        /// From the last draw until the stake is given back: as long as misdeeds can be reported.
        uint32 unbondingBlocks;
        /// Batches missed in one epoch that send a host to jail, for so long.
        uint32 missesMax;
        uint32 epochBlocks;
        uint32 jailBlocks;
    }

    struct Host {
        bytes32 keyStart;
        bytes16 keyEnd;
        uint64 from;
        uint64 until;
        address payout;
        uint8 classes;
        bool isJailed;
        bool isSlashed;
        address owner;
        /// Its place in `ids`.
        uint32 place;
        uint128 stake;
        uint64 missEpoch;
        uint32 misses;
    }

    /// One of the two things that a host has said.
    struct Word {
        /// `FINDINGS` bytes.
        bytes findings;
        bytes32 commitments;
        /// 256 bytes.
        bytes signature;
    }

    /// One of the two things that a host has committed to.
    struct Commitment {
        bytes32 committed;
        /// 256 bytes.
        bytes signature;
    }

    Parameters public parameters;
    /// keccak-256 of the compressed key.
    bytes32[] public ids;
    mapping(bytes32 id => Host) public hosts;
    /// Wei that a host asks for, for each block that it keeps a contract of a class ready. What an attestation is paid
    /// is the market's: the container base fee and the gas of the call.
    mapping(bytes32 id => mapping(uint8 class => uint128)) public retainers;
    /// Slashed in the present window of `unbondingBlocks`: many at once lose more than one alone.
    uint64 public slashWindow;
    uint32 public slashedInWindow;

    event Registered(bytes32 indexed id, address indexed owner, bytes key, uint8 classes, uint64 from);
    event Offered(bytes32 indexed id, uint8 class, uint128 retainer);
    event PayoutChanged(bytes32 indexed id, address payout);
    event NoticeGiven(bytes32 indexed id, uint64 until);
    event Left(bytes32 indexed id, uint256 stake);
    event Jailed(bytes32 indexed id, uint32 misses);
    event Returned(bytes32 indexed id, uint64 from);
    event Slashed(bytes32 indexed id, uint256 amount, address reporter, uint256 reward);

    error WrongStake(uint256 sent, uint256 unit);
    error HostsFull(uint256 limit);
    error KeyTaken(bytes32 id);
    error NoProof(bytes32 id);
    error NoSuchClass(uint8 class);
    error NotOwner(bytes32 id, address owner);
    error NoPayout();
    error HasLeft(bytes32 id, uint64 until);
    error TooEarly(uint64 until);
    error NotJailed(bytes32 id);
    error NoConflict();
    error NotSystem(address caller);
    error NotChallenges(address caller);
    error NotPaid(address to, uint256 amount);

    modifier onlyOwner(bytes32 id) {
        if (hosts[id].owner != msg.sender) revert NotOwner(id, hosts[id].owner);
        _;
    }

    modifier onlySystem() {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        _;
    }

    /// @notice Registers a host of the caller with its stake. Its classes are for good, so that no committee changes
    /// after it was drawn; another key may have others.
    /// @param key Uncompressed, 128 bytes as EIP-2537 has them.
    /// @param proof The key's signature over its compressed form, the chain's id (32 bytes) and the caller (20 bytes)
    /// in `Bls.POSSESSION`, 256 bytes: so that nobody registers another's key, or one made to cancel another's.
    /// @param classes Bit 0 small, bit 1 medium, bit 2 large.
    function register(bytes calldata key, bytes calldata proof, address payout, uint8 classes)
        external
        payable
        returns (bytes32 id)
    {
        if (classes == 0 || classes > CLASSES) revert NoSuchClass(classes);
        if (msg.value != parameters.stakeUnit) revert WrongStake(msg.value, parameters.stakeUnit);
        if (ids.length >= parameters.hostsMax) revert HostsFull(parameters.hostsMax);
        if (payout == address(0)) revert NoPayout();
        (bytes32 start, bytes16 end) = Bls.compress(key);
        bytes memory name = abi.encodePacked(start, end);
        id = keccak256(name);
        if (hosts[id].owner != address(0)) revert KeyTaken(id);
        bytes memory message = abi.encodePacked(name, block.chainid, msg.sender);
        if (!Bls.verify(key, message, proof, Bls.POSSESSION)) revert NoProof(id);
        Host storage host = hosts[id];
        host.keyStart = start;
        host.keyEnd = end;
        host.from = uint64(block.number) + parameters.joinBlocks;
        host.until = NEVER;
        host.payout = payout;
        host.classes = classes;
        host.owner = msg.sender;
        host.place = uint32(ids.length);
        host.stake = uint128(msg.value);
        ids.push(id);
        emit Registered(id, msg.sender, name, classes, host.from);
    }

    /// @notice Says what the host asks for in one of its classes. Contracts that it keeps pay what it asked before.
    function offer(bytes32 id, uint8 class, uint128 retainer) external onlyOwner(id) {
        if (class > 2 || hosts[id].classes & (1 << class) == 0) revert NoSuchClass(class);
        retainers[id][class] = retainer;
        emit Offered(id, class, retainer);
    }

    function setPayout(bytes32 id, address payout) external onlyOwner(id) {
        if (payout == address(0)) revert NoPayout();
        hosts[id].payout = payout;
        emit PayoutChanged(id, payout);
    }

    /// @notice Says that the host leaves. It judges until the notice has run out, and its stake stays for longer.
    function giveNotice(bytes32 id) external onlyOwner(id) {
        Host storage host = hosts[id];
        if (host.until != NEVER && !host.isJailed) revert HasLeft(id, host.until);
        if (!host.isJailed) host.until = uint64(block.number) + parameters.noticeBlocks;
        host.isJailed = false;
        emit NoticeGiven(id, host.until);
    }

    /// @notice Takes the stake back when it can no longer be slashed, and forgets the host.
    function withdraw(bytes32 id) external onlyOwner(id) {
        Host storage host = hosts[id];
        if (host.until == NEVER || host.isJailed) revert TooEarly(host.until);
        uint64 free = host.until + parameters.unbondingBlocks;
        if (block.number < free) revert TooEarly(free);
        uint256 stake = host.stake;
        bytes32 last = ids[ids.length - 1];
        ids[host.place] = last;
        hosts[last].place = host.place;
        ids.pop();
        delete hosts[id];
        for (uint8 class = 0; class < 3; class++) delete retainers[id][class];
        emit Left(id, stake);
        pay(msg.sender, stake);
    }

    /// @notice Comes back from jail when its time is over.
    function comeBack(bytes32 id) external onlyOwner(id) {
        Host storage host = hosts[id];
        if (!host.isJailed) revert NotJailed(id);
        uint64 free = host.until + parameters.jailBlocks;
        if (block.number < free) revert TooEarly(free);
        host.isJailed = false;
        host.from = uint64(block.number) + parameters.joinBlocks;
        host.until = NEVER;
        emit Returned(id, host.from);
    }

    /// @notice The protocol's word that members of a committee did not sign what it agreed on.
    function missed(bytes32[] calldata absent) external onlySystem {
        uint64 epoch = uint64(block.number) / parameters.epochBlocks;
        for (uint256 i = 0; i < absent.length; i++) {
            Host storage host = hosts[absent[i]];
            if (host.until != NEVER) continue;
            host.misses = host.missEpoch == epoch ? host.misses + 1 : 1;
            host.missEpoch = epoch;
            if (host.misses < parameters.missesMax) continue;
            host.isJailed = true;
            host.until = uint64(block.number) + 1;
            emit Jailed(absent[i], host.misses);
        }
    }

    /// @notice Proves that a host has said two things of one batch, and takes of its stake: a twentieth, and three
    /// times the part of all hosts that was slashed in the same window. A twentieth of that goes to the reporter; the
    /// rest is burned, so that nobody gains by being slashed by a friend. The host is out of the draw for good.
    /// @param key The host's, uncompressed.
    /// @param round What they share: the RLP of `roundId` (chain/attest/statement.ts), which names chain, batch and level.
    function report(bytes calldata key, bytes calldata round, Word calldata one, Word calldata other) external {
        bytes32 name = keccak256(round);
        bytes32 first = attestation(name, one);
        bytes32 second = attestation(name, other);
        punish(key, round, [first, second], [one.signature, other.signature]);
    }

    /// @notice The same for a host that has committed to two things of one batch.
    function reportCommitments(
        bytes calldata key,
        bytes calldata round,
        Commitment calldata one,
        Commitment calldata other
    ) external {
        bytes32 name = keccak256(round);
        bytes32 first = commitment(name, one.committed);
        bytes32 second = commitment(name, other.committed);
        punish(key, round, [first, second], [one.signature, other.signature]);
    }

    /// @notice A wider committee has found something else than these hosts signed. What is taken of their stakes goes to
    /// the caller; `reward` of it is for `reporter`.
    function convict(bytes32[] calldata signers, address reporter) external returns (uint256 amount, uint256 reward) {
        if (msg.sender != CHALLENGES) revert NotChallenges(msg.sender);
        for (uint256 i = 0; i < signers.length; i++) {
            Host storage host = hosts[signers[i]];
            // Who has left, or was slashed before, has nothing more to answer with.
            if (host.owner == address(0) || host.isSlashed) continue;
            (uint256 taken, uint256 part) = slash(signers[i], host, reporter);
            amount += taken;
            reward += part;
        }
        pay(msg.sender, amount);
    }

    /// @notice How many hosts there are of all classes.
    function count() external view returns (uint256) {
        return ids.length;
    }

    /// @notice Hosts from a place on, at most `most` of them.
    function list(uint256 first, uint256 most) external view returns (bytes32[] memory found, Host[] memory records) {
        uint256 end = ids.length < first + most ? ids.length : first + most;
        uint256 size = end > first ? end - first : 0;
        found = new bytes32[](size);
        records = new Host[](size);
        for (uint256 i = 0; i < size; i++) {
            found[i] = ids[first + i];
            records[i] = hosts[found[i]];
        }
    }

    /// @notice How many hosts judge what this block orders in a class.
    function readyCount(uint8 class) external view returns (uint256 found) {
        for (uint256 i = 0; i < ids.length; i++) {
            if (isDrawn(ids[i], class)) found++;
        }
    }

    /// @notice Whether a host judges what this block orders in a class.
    function isDrawn(bytes32 id, uint8 class) public view returns (bool) {
        Host storage host = hosts[id];
        return class <= 2 && host.classes & (1 << class) != 0 && host.from <= block.number && block.number < host.until;
    }

    /// @notice Where a host is paid that judges what this block orders in a class; zero for another.
    function payoutOf(bytes32 id, uint8 class) external view returns (address) {
        return isDrawn(id, class) ? hosts[id].payout : address(0);
    }

    function ownerOf(bytes32 id) external view returns (address) {
        return hosts[id].owner;
    }

    /// Slashes the host that has signed both, and pays whoever shows it.
    function punish(
        bytes calldata key,
        bytes calldata round,
        bytes32[2] memory messages,
        bytes[2] memory signatures
    ) private {
        (bytes32 start, bytes16 end) = Bls.compress(key);
        bytes32 id = keccak256(abi.encodePacked(start, end));
        Host storage host = hosts[id];
        if (host.owner == address(0) || host.isSlashed || !isRound(round)) revert NoConflict();
        if (messages[0] == messages[1]) revert NoConflict();
        for (uint256 i = 0; i < 2; i++) {
            if (!Bls.verify(key, bytes.concat(messages[i]), signatures[i], Bls.SIGNATURE)) revert NoConflict();
        }
        (uint256 amount, uint256 reward) = slash(id, host, msg.sender);
        pay(address(0), amount - reward);
        pay(msg.sender, reward);
    }

    /// Takes of a host's stake, says how much and what of it is its reporter's, and has it out of the draw for good.
    function slash(bytes32 id, Host storage host, address reporter) private returns (uint256 amount, uint256 reward) {
        uint64 window = uint64(block.number) / parameters.unbondingBlocks;
        slashedInWindow = slashWindow == window ? slashedInWindow + 1 : 1;
        slashWindow = window;
        amount = host.stake / 20 + (3 * uint256(host.stake) * slashedInWindow) / ids.length;
        if (amount > host.stake) amount = host.stake;
        reward = amount / 20;
        host.stake -= uint128(amount);
        host.isSlashed = true;
        host.isJailed = false;
        if (host.until > block.number + 1) host.until = uint64(block.number) + 1;
        emit Slashed(id, amount, reporter, reward);
    }

    /// What a host signs: its statement, and the commitments that it saw before it showed it (`attestationHash`).
    function attestation(bytes32 round, Word calldata word) private pure returns (bytes32) {
        if (word.findings.length != FINDINGS) revert NoConflict();
        bytes32 statement = keccak256(bytes.concat(STATEMENT, bytes1(0xa0), round, word.findings));
        return keccak256(bytes.concat(ATTESTATION, bytes1(0xa0), statement, bytes1(0xa0), word.commitments));
    }

    /// What a host signs with its commitment (`commitmentMessage`).
    function commitment(bytes32 round, bytes32 committed) private pure returns (bytes32) {
        return keccak256(bytes.concat(COMMITMENT, bytes1(0xa0), round, bytes1(0xa0), committed));
    }

    /// Whether these bytes name a round of this chain.
    function isRound(bytes calldata round) private view returns (bool) {
        bytes memory beginning = abi.encodePacked(ROUND, uint8(0xa0), block.chainid);
        if (round.length != ROUND_BYTES) return false;
        return keccak256(round[:beginning.length]) == keccak256(beginning);
    }

    function pay(address to, uint256 amount) private {
        (bool done,) = to.call{value: amount}("");
        if (!done) revert NotPaid(to, amount);
    }
}
