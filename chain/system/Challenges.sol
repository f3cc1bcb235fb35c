// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// What this contract asks of others.
interface IHosts {
    function ownerOf(bytes32 id) external view returns (address);
    function isDrawn(bytes32 id, uint8 class) external view returns (bool);
    function convict(bytes32[] calldata ids, address reporter) external returns (uint256 amount, uint256 reward);
}

interface IContracts {
    function convict(address target, uint64 next) external;
}

interface IMessages {
    function contest(address subject, uint64 since) external;
    function endContest(address subject, bool isVoid, uint64 until) external;
}

/// @title Results that a host contests
/// @notice What few members certified may be judged once more by many, as long as what it sent is held. A host puts up
/// a bond and says which result; a wider committee runs the same calls on the same state. Nothing is rewritten: where
/// it finds something else, those who signed lose stake, what the contract has sent since is taken back, and the
/// contract is suspended. The protocol writes what was certified, and reads what is contested
/// (chain/system/challengeRegistry.ts).
contract Challenges {
    /// Where the protocol calls from.
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    IMessages private constant MESSAGES = IMessages(0x0000000000000000000000000000000000dC0002);
    IHosts private constant HOSTS = IHosts(0x0000000000000000000000000000000000dC0003);
    IContracts private constant CONTRACTS = IContracts(0x0000000000000000000000000000000000Dc0004);
    /// Results contested at one time: each has its class's hosts run a batch again.
    uint256 public constant OPEN_MAX = 16;
    /// A million times the bond.
    uint256 private constant DOUBLINGS_MAX = 20;

    /// What a network's genesis says; times in blocks.
    struct Parameters {
        /// In which a result may be contested, from the block that certified it.
        uint64 windowBlocks;
        /// After so many blocks without a verdict there is none.
        uint64 verdictBlocks;
        /// In wei, where nobody has contested anything in vain.
        uint128 bond;
    }

    /// Challenges of one contract that were rejected, the last one in a block less than a window ago.
    struct Rejections {
        uint64 count;
        uint64 lastIn;
    }

    /// A certified batch as the protocol recorded it.
    struct Judged {
        address target;
        uint8 class;
        /// The block that ordered its calls, and their queue indexes, inclusive.
        uint64 orderingNumber;
        uint64 firstIndex;
        uint64 lastIndex;
        bytes32 manifest;
        /// The contract's storage root before it.
        bytes32 preRoot;
        /// The hash of what its signers found: `keccak(diffHash, resultsHash, gasUsed)`.
        bytes32 findings;
        /// keccak-256 of the signers' ids, one after another.
        bytes32 signers;
        /// The block whose state the calls saw.
        uint64 stateAt;
        /// Hosts of the class when it was ordered: what a call may use and send follows from it.
        uint32 hosts;
    }

    struct Challenge {
        uint64 openedIn;
        uint64 judgedIn;
        uint64 firstIndex;
        uint64 lastIndex;
        // Next slot.
        uint64 orderingNumber;
        uint64 stateAt;
        uint32 hosts;
        // Next slot.
        bytes32 manifest;
        bytes32 preRoot;
        bytes32 findings;
        address challenger;
        uint128 bond;
        bytes32[] signers;
    }

    Parameters public parameters;
    /// Written by the protocol: for the last `windowBlocks` blocks the hash of block number and of what it certified.
    mapping(uint64 place => bytes32) private _judged;
    /// Written by the protocol: until when what a contract sends is held, whoever certifies it.
    mapping(address target => uint64) private _heldUntil;
    mapping(address target => Challenge) private _challenges;
    address[] private _open;
    /// Batches that were judged again: once is enough.
    mapping(bytes32 record => bool) private _decided;
    mapping(address target => Rejections) private _rejections;

    event Challenged(
        address indexed target, bytes32 indexed host, uint64 firstIndex, uint64 lastIndex, uint64 judgedIn
    );
    /// The wider committee found the same.
    event Rejected(address indexed target, uint64 firstIndex, address challenger);
    /// It found something else.
    event Upheld(address indexed target, uint64 firstIndex, address challenger, uint256 slashed, uint256 reward);
    /// It found nothing: its members did not agree, or said nothing.
    event Undecided(address indexed target, uint64 firstIndex, address challenger);

    error NotSystem(address caller);
    error NotHost(bytes32 host, address owner);
    error WrongBond(uint256 sent, uint256 bond);
    error TooLate(uint64 number, uint64 window);
    error NotJudged(address target, uint64 number);
    error AlreadyJudged(address target, uint64 firstIndex);
    error AlreadyChallenged(address target);
    error TooManyChallenges(uint256 limit);

    modifier onlySystem() {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        _;
    }

    /// What HOSTS takes from those who were wrong.
    receive() external payable {
        if (msg.sender != address(HOSTS)) revert NotHost(0, msg.sender);
    }

    /// @notice Contests what block `number` certified of a contract. The bond comes back unless a wider committee finds
    /// the same as the first.
    /// @param records The hashes of all that the block certified, in its order.
    /// @param signers The ids of those who signed, in their order.
    /// @param host The caller's, of the contract's class.
    function challenge(
        uint64 number,
        Judged calldata judged,
        bytes32[] calldata records,
        bytes32[] calldata signers,
        bytes32 host
    ) external payable {
        address owner = HOSTS.ownerOf(host);
        if (owner != msg.sender || !HOSTS.isDrawn(host, judged.class)) revert NotHost(host, owner);
        uint256 bond = bondOf(judged.target);
        if (msg.value != bond) revert WrongBond(msg.value, bond);
        uint64 window = parameters.windowBlocks;
        if (number >= block.number || block.number - number >= window) revert TooLate(number, window);
        checkJudged(number, judged, records, signers);
        if (_challenges[judged.target].openedIn != 0) revert AlreadyChallenged(judged.target);
        if (_open.length >= OPEN_MAX) revert TooManyChallenges(OPEN_MAX);
        Challenge storage own = _challenges[judged.target];
        own.openedIn = uint64(block.number);
        own.judgedIn = number;
        own.firstIndex = judged.firstIndex;
        own.lastIndex = judged.lastIndex;
        own.orderingNumber = judged.orderingNumber;
        own.stateAt = judged.stateAt;
        own.hosts = judged.hosts;
        own.manifest = judged.manifest;
        own.preRoot = judged.preRoot;
        own.findings = judged.findings;
        own.challenger = msg.sender;
        own.bond = uint128(msg.value);
        own.signers = signers;
        _open.push(judged.target);
        MESSAGES.contest(judged.target, number + window);
        emit Challenged(judged.target, host, judged.firstIndex, judged.lastIndex, number);
    }

    /// @notice The wider committee's word. Returns what of this contract's coins is the challenger's, and the judges'.
    /// @param next The queue's next index: what is ordered of the contract before it is paid out.
    function judge(address target, bytes32 findings, uint64 next)
        external
        onlySystem
        returns (address challenger, uint256 toChallenger, uint256 toJudges)
    {
        Challenge memory own = close(target);
        if (findings == own.findings) {
            MESSAGES.endContest(target, false, 0);
            _rejections[target] = Rejections(rejectionsOf(target) + 1, uint64(block.number));
            emit Rejected(target, own.firstIndex, own.challenger);
            return (own.challenger, 0, own.bond);
        }
        (uint256 amount, uint256 reward) = HOSTS.convict(own.signers, own.challenger);
        condemn(target, next);
        emit Upheld(target, own.firstIndex, own.challenger, amount, reward);
        // Who is wrong pays the judges, the first ones here, and the rest is burned: no friend gains by it.
        uint256 fee = amount - reward < own.bond ? amount - reward : own.bond;
        burn(amount - reward - fee);
        return (own.challenger, own.bond + reward, fee);
    }

    /// @notice There is no verdict: what the contract has sent since is taken back, and nobody loses anything.
    function dismiss(address target, uint64 next)
        external
        onlySystem
        returns (address challenger, uint256 toChallenger, uint256 toJudges)
    {
        Challenge memory own = close(target);
        condemn(target, next);
        emit Undecided(target, own.firstIndex, own.challenger);
        return (own.challenger, own.bond, 0);
    }

    /// @notice What a challenge of a contract takes now, in wei. Whoever would keep others from contesting, by challenges
    /// in vain one after another or many at a time, pays twice as much for each one and for all that are open.
    function bondOf(address target) public view returns (uint256) {
        uint256 doublings = rejectionsOf(target);
        if (doublings > DOUBLINGS_MAX) doublings = DOUBLINGS_MAX;
        return (uint256(parameters.bond) << doublings) * (1 + _open.length);
    }

    /// @notice What is contested of a contract; zeros for nothing.
    function challengeOf(address target) external view returns (Challenge memory) {
        return _challenges[target];
    }

    /// @notice Contracts of which something is contested.
    function open() external view returns (address[] memory) {
        return _open;
    }

    /// @notice The block before which nothing that a contract sends is delivered.
    function heldUntil(address target) external view returns (uint64) {
        return _heldUntil[target];
    }

    function rejectionsOf(address target) private view returns (uint64) {
        Rejections storage own = _rejections[target];
        return block.number < own.lastIn + parameters.windowBlocks ? own.count : 0;
    }

    function checkJudged(
        uint64 number,
        Judged calldata judged,
        bytes32[] calldata records,
        bytes32[] calldata signers
    ) private {
        bytes32 record = keccak256(abi.encode(judged));
        bytes32 all = keccak256(abi.encode(number, keccak256(abi.encodePacked(records))));
        bool isThere = false;
        for (uint256 i = 0; i < records.length; i++) {
            if (records[i] == record) isThere = true;
        }
        bool isKept = _judged[number % parameters.windowBlocks] == all;
        bool isSigned = judged.signers == keccak256(abi.encodePacked(signers));
        if (!isThere || !isKept || !isSigned) revert NotJudged(judged.target, number);
        if (_decided[record]) revert AlreadyJudged(judged.target, judged.firstIndex);
        _decided[record] = true;
    }

    function close(address target) private returns (Challenge memory own) {
        own = _challenges[target];
        delete _challenges[target];
        uint256 place = 0;
        while (_open[place] != target) place++;
        _open[place] = _open[_open.length - 1];
        _open.pop();
    }

    function condemn(address target, uint64 next) private {
        MESSAGES.endContest(target, true, uint64(block.number) + parameters.windowBlocks);
        CONTRACTS.convict(target, next);
    }

    function burn(uint256 amount) private {
        (bool done,) = address(0).call{value: amount}("");
        assert(done);
    }
}
