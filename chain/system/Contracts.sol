// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What this contract asks of HOSTS.
interface IHosts {
    function ownerOf(bytes32 id) external view returns (address);
    function isDrawn(bytes32 id, uint8 class) external view returns (bool);
    function readyCount(uint8 class) external view returns (uint256);
    function payoutOf(bytes32 id, uint8 class) external view returns (address);
    function retainers(bytes32 id, uint8 class) external view returns (uint128);
}

/// @title The life of container contracts
/// @notice Which version a contract runs, who may change that, whether its calls are ordered, and what keeps it.
/// A contract that has declared nothing is active, runs what its own program says (ERC-1967), and is found here only
/// when its replicas have differed. The protocol reads this storage for every order and certificate
/// (chain/system/contractRegistry.ts), and tells by system calls what it did.
contract Contracts {
    /// Where the protocol calls from.
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    IHosts private constant HOSTS = IHosts(0x0000000000000000000000000000000000dC0003);
    address private constant CHALLENGES = 0x0000000000000000000000000000000000DC0005;
    uint256 private constant APPROVERS_MAX = 16;
    /// Hosts that share a contract's rent, so that one look at a contract is bounded.
    uint256 private constant KEEPERS_MAX = 8;
    /// What an account's code begins with when it is a container: the envelope's magic and its kind.
    bytes4 private constant CONTAINER_CODE = 0xefdc0103;
    /// Strikes that suspend, and the calls within which they count.
    uint256 private constant STRIKES = 3;
    uint64 private constant STRIKE_CALLS = 100;

    enum Status {
        Undeclared,
        Pending,
        Active,
        Suspended,
        Retired
    }
    enum Funding {
        Funded,
        Frozen,
        Archived
    }

    /// What a network's genesis says; rents in wei a block, times in blocks.
    struct Parameters {
        uint32 rollbackBlocks;
        uint32 epochBlocks;
        /// Before a contract freezes, this long, it is warned.
        uint32 warningBlocks;
        /// From frozen to archived.
        uint32 archiveBlocks;
        uint128 smallRent;
        uint128 mediumRent;
        uint128 largeRent;
    }

    /// What a version's manifest asks for.
    struct Policy {
        address admin;
        uint8 class;
        /// Hosts that must have started and tested a version before it runs.
        uint16 replicas;
        /// Blocks from a proposal to the earliest switch.
        uint32 timelock;
        /// What ran before it is kept for `rollbackBlocks`, to be gone back to.
        bool keepsFormer;
        /// It can take back what a later version did to its storage.
        bool canMigrateBack;
        bool isDeclared;
        /// Wei a block that it pays each host at most which keeps it, beside the rent of its class.
        uint128 priceCap;
        /// Wei that its escrow must hold before it runs.
        uint128 deposit;
    }

    struct Contract {
        Status status;
        Funding funding;
        /// It waits for its queue to run empty, to be rolled back.
        bool isDraining;
        /// The first version that runs next is being switched to by the call with this queue index.
        uint64 switchIndex;
        /// Whose manifest it runs.
        address version;
        // Next slot.
        address previous;
        uint64 activatedAt;
        /// A call of this version has moved value or sent a message.
        bool hasMovedValue;
        // Next slot.
        /// Calls below this queue index are paid out, since strikes have suspended the contract; 0 when its admin has.
        uint64 suspendedBefore;
        uint64 settledAt;
        /// Where the sweep looks at it next; 0 for never.
        uint64 dueAt;
        // Next slot.
        uint128 escrow;
        /// Since the first strike that counts; 0 without one.
        uint64 calls;
    }

    struct Candidate {
        address version;
        uint64 notBefore;
        uint16 approvals;
        uint16 ready;
        bytes32 manifest;
        /// Of this contract's proposals, so that no word for one counts for another.
        uint64 round;
    }

    /// A host that keeps a version, and what it is paid for each block: what it asked for when it began.
    struct Keeper {
        bytes32 host;
        uint128 retainer;
    }

    struct Strike {
        address sender;
        uint32 epoch;
        uint64 atCall;
    }

    /// The value that a slot of a contract's had before the switch (chain/transition/savedStorage.ts).
    struct Saved {
        bytes32 slot;
        bytes32 value;
    }

    Parameters public parameters;
    mapping(address version => Policy) public policies;
    mapping(address version => address[]) private _approvers;
    mapping(address => Contract) private _contracts;
    mapping(address target => Candidate) public candidates;
    mapping(bytes32 word => bool) private _said;
    mapping(address => Strike[3]) private _strikes;
    /// Contracts that wait to be rolled back.
    address[] private _draining;
    /// Contracts by the height where the sweep looks at them.
    mapping(uint64 height => address[]) private _due;
    /// All that stand in `_due`.
    uint64 public dueCount;
    /// Heights below it have been swept.
    uint64 private _sweptTo;
    /// What contracts have paid that no host keeps for them, and what a rent leaves over when it is divided, by class.
    uint256[3] public rentPaid;
    /// Written by the protocol: how many slots are saved, and since which switch.
    mapping(address => uint256) private _savedCount;
    mapping(address => mapping(uint256 index => Saved)) private _saved;
    mapping(address => mapping(bytes32 slot => uint256 switchIndex)) private _savedIn;
    /// Hosts that keep a version ready for a contract and share its rent.
    mapping(address target => mapping(address version => Keeper[])) private _keepers;
    /// Wei that hosts have earned by keeping contracts and not collected, by where they are paid.
    mapping(address payout => uint256) public earned;

    event Declared(address indexed version, address indexed admin, uint8 class);
    event Proposed(address indexed target, address indexed version, bytes32 manifest, uint64 notBefore);
    event Approved(address indexed target, address indexed version, address approver);
    event Ready(address indexed target, address indexed version, bytes32 host);
    event Cancelled(address indexed target, address indexed version);
    event Activated(address indexed target, address indexed version);
    event MigrationFailed(address indexed target, address indexed version);
    event RollbackBegun(address indexed target, address indexed version);
    event RolledBack(address indexed target, address indexed version);
    event Struck(address indexed target, address indexed sender, uint256 strikes);
    event Suspended(address indexed target, address indexed by);
    event Resumed(address indexed target);
    event Retired(address indexed target, uint256 escrow);
    event ToppedUp(address indexed target, address indexed by, uint256 amount);
    /// The escrow lasts until this block.
    event RentDue(address indexed target, uint64 until);
    event Frozen(address indexed target);
    event Archived(address indexed target);
    event Restored(address indexed target);
    event Kept(address indexed target, address indexed version, bytes32 host);
    /// From the escrow, for calls on which the first committee did not agree.
    event JudgesPaid(address indexed target, uint256 amount);
    event Collected(address indexed payout, uint256 amount);

    error NotSystem(address caller);
    error NotChallenges(address caller);
    error NotAdmin(address target, address admin);
    error NotApprover(address version, address caller);
    error NotHost(bytes32 host, address owner);
    error AlreadyDeclared(address version);
    error AlreadySaid(address target, address version);
    error TooManyApprovers(uint256 count, uint256 limit);
    error NoSuchClass(uint8 class);
    error NoPolicy(address version);
    error NotAContainer(address version);
    error WrongStatus(address target, Status status);
    error NotCandidate(address target, address version, bytes32 manifest);
    error NotApproved(address target, uint256 approvals, uint256 needed);
    error NotStaged(address target, uint256 ready, uint256 needed);
    error Timelocked(address target, uint64 notBefore);
    error IsSwitching(address target);
    error NothingToRollBack(address target);
    error WindowClosed(address target, uint64 last);
    error HasMovedValue(address target);
    error NeedsAudit(address target);
    error NotPaid(address to, uint256 amount);
    error KeepersFull(address target, uint256 limit);
    error TooDear(bytes32 host, uint256 retainer, uint256 cap);
    error TooLittle(address target, uint256 escrow, uint256 deposit);
    error AlreadyKeeps(address target, bytes32 host);
    error NothingEarned(address payout);

    modifier onlySystem() {
        if (msg.sender != SYSTEM) revert NotSystem(msg.sender);
        _;
    }

    modifier onlyAdmin(address target) {
        address admin = policies[_contracts[target].version].admin;
        if (msg.sender != admin) revert NotAdmin(target, admin);
        _;
    }

    // --- Declaring and changing versions

    /// @notice A container's creation says here, in its own name, what its manifest asks for. What it sends along is
    /// its escrow.
    function declare(Policy calldata policy, address[] calldata approvers) external payable {
        if (policies[msg.sender].isDeclared) revert AlreadyDeclared(msg.sender);
        if (policy.class > 2) revert NoSuchClass(policy.class);
        if (approvers.length > APPROVERS_MAX) revert TooManyApprovers(approvers.length, APPROVERS_MAX);
        policies[msg.sender] = policy;
        policies[msg.sender].isDeclared = true;
        _approvers[msg.sender] = approvers;
        Contract storage own = _contracts[msg.sender];
        own.version = msg.sender;
        own.status = Status.Active;
        own.settledAt = uint64(block.number);
        emit Declared(msg.sender, policy.admin, policy.class);
        if (approvers.length > 0 || policy.replicas > 0 || policy.deposit > msg.value) {
            own.status = Status.Pending;
            // The manifest's hash is not readable before the creation ends; approvers name the version itself.
            candidates[msg.sender] = Candidate(msg.sender, 0, 0, 0, bytes32(0), 1);
        }
        fund(msg.sender, msg.value);
    }

    /// @notice Proposes the manifest of another container, with what that manifest asks for, as the next version.
    function propose(address target, address version) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.status != Status.Active && own.status != Status.Suspended) revert WrongStatus(target, own.status);
        if (own.switchIndex != 0 || own.isDraining) revert IsSwitching(target);
        if (!policies[version].isDeclared) revert NoPolicy(version);
        bytes32 manifest = manifestOf(version);
        uint64 notBefore = uint64(block.number) + policies[own.version].timelock;
        candidates[target] = Candidate(version, notBefore, 0, 0, manifest, candidates[target].round + 1);
        // Whoever was ready for an earlier proposal of it says so again.
        if (version != own.version && version != own.previous) delete _keepers[target][version];
        emit Proposed(target, version, manifest, notBefore);
    }

    /// @notice One approver's word for this version with this manifest, and no other.
    function approve(address target, address version, bytes32 manifest) external {
        Candidate storage candidate = candidateOf(target, version);
        if (manifestOf(version) != manifest) revert NotCandidate(target, version, manifest);
        if (!isApprover(_contracts[target].version, msg.sender)) {
            revert NotApprover(_contracts[target].version, msg.sender);
        }
        say(target, candidate, bytes32(uint256(uint160(msg.sender))));
        candidate.approvals++;
        emit Approved(target, version, msg.sender);
        activateFirst(target);
    }

    /// @notice One host's word that it has fetched, started and tested a version.
    function ready(address target, address version, bytes32 host) external {
        Candidate storage candidate = candidateOf(target, version);
        address owner = HOSTS.ownerOf(host);
        if (owner != msg.sender || !HOSTS.isDrawn(host, policies[version].class)) revert NotHost(host, owner);
        say(target, candidate, host);
        candidate.ready++;
        // A first version is paid for before it runs: what was due so far belongs to those that were ready.
        if (version == _contracts[target].version) settleRent(target, _contracts[target]);
        addKeeper(target, version, host);
        if (version == _contracts[target].version) fund(target, 0);
        emit Ready(target, version, host);
        activateFirst(target);
    }

    /// @notice A host begins to keep the version that a contract runs, for a share of its rent from now on: in a place
    /// that is free, or that of a host which is not drawn any more.
    function keep(address target, bytes32 host) external {
        Contract storage own = _contracts[target];
        if (own.status != Status.Active) revert WrongStatus(target, own.status);
        address owner = HOSTS.ownerOf(host);
        if (owner != msg.sender || !HOSTS.isDrawn(host, policies[own.version].class)) revert NotHost(host, owner);
        if (isKeeper(target, own.version, host)) revert AlreadyKeeps(target, host);
        // What was due before belongs to those that kept it.
        settleRent(target, own);
        if (!addKeeper(target, own.version, host)) revert KeepersFull(target, keepersOf(target).length);
        fund(target, 0);
        emit Kept(target, own.version, host);
    }

    function cancel(address target) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.switchIndex != 0) revert IsSwitching(target);
        if (own.status == Status.Pending) revert WrongStatus(target, own.status);
        emit Cancelled(target, candidates[target].version);
        candidates[target].version = address(0);
    }

    /// @notice Reverts with what is still missing before a contract may switch to its candidate.
    function checkReady(address target) public view {
        Candidate storage candidate = candidates[target];
        if (candidate.version == address(0)) revert NotCandidate(target, address(0), bytes32(0));
        uint256 approvers = _approvers[_contracts[target].version].length;
        if (candidate.approvals < approvers) revert NotApproved(target, candidate.approvals, approvers);
        uint256 hosts = stagedBy(candidate.version);
        if (candidate.ready < hosts) revert NotStaged(target, candidate.ready, hosts);
        if (block.number < candidate.notBefore) revert Timelocked(target, candidate.notBefore);
        uint128 deposit = policies[candidate.version].deposit;
        if (_contracts[target].escrow < deposit) revert TooLittle(target, _contracts[target].escrow, deposit);
    }

    /// @notice The protocol orders the call that switches a contract to its candidate.
    function beginSwitch(address target, address sender, uint64 index) external onlySystem {
        Contract storage own = _contracts[target];
        if (own.switchIndex != 0 || own.isDraining) revert IsSwitching(target);
        address admin = policies[own.version].admin;
        if (sender != admin) revert NotAdmin(target, admin);
        checkReady(target);
        own.switchIndex = index;
    }

    /// @notice What became of it: with success the candidate is the version from the next call on.
    function endSwitch(address target, bool succeeded) external onlySystem {
        Contract storage own = _contracts[target];
        address version = candidates[target].version;
        own.switchIndex = 0;
        candidates[target].version = address(0);
        if (!succeeded) {
            emit MigrationFailed(target, version);
            return;
        }
        // What was gone back from is not gone back to.
        bool isKept = version != own.previous && policies[version].keepsFormer;
        own.previous = isKept ? own.version : address(0);
        setVersion(target, own, version);
        emit Activated(target, version);
    }

    // --- Going back

    /// @notice Goes back to the version before, within `rollbackBlocks` of the switch. A version that can migrate back
    /// becomes the candidate, which nobody has to approve again; for another one the contract takes no orders until
    /// its queue is empty, and then has version and storage as they were before the switch.
    function rollback(address target) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.previous == address(0)) revert NothingToRollBack(target);
        if (own.switchIndex != 0 || own.isDraining) revert IsSwitching(target);
        uint64 last = own.activatedAt + parameters.rollbackBlocks;
        if (block.number > last) revert WindowClosed(target, last);
        emit RollbackBegun(target, own.previous);
        if (policies[own.previous].canMigrateBack) {
            uint16 approvals = uint16(_approvers[own.version].length);
            uint16 hosts = policies[own.previous].replicas;
            bytes32 manifest = manifestOf(own.previous);
            candidates[target] = Candidate(own.previous, 0, approvals, hosts, manifest, candidates[target].round + 1);
            return;
        }
        if (own.hasMovedValue) revert HasMovedValue(target);
        candidates[target].version = address(0);
        own.isDraining = true;
        _draining.push(target);
    }

    /// @notice The protocol has put the storage back, or could not: `index` is the contract's place among those
    /// that wait.
    function endRollback(uint256 index, bool succeeded) external onlySystem {
        address target = _draining[index];
        _draining[index] = _draining[_draining.length - 1];
        _draining.pop();
        Contract storage own = _contracts[target];
        own.isDraining = false;
        if (!succeeded) {
            emit MigrationFailed(target, own.previous);
            return;
        }
        address version = own.previous;
        own.previous = address(0);
        setVersion(target, own, version);
        emit RolledBack(target, version);
    }

    /// @notice A call of the present version has moved value or sent a message.
    function movedValue(address target) external onlySystem {
        _contracts[target].hasMovedValue = true;
    }

    // --- Suspension

    /// @notice The protocol has settled calls of a contract: `count` of them, the last one diverged if `sender` is not
    /// zero. `next` is the queue's next index.
    function settled(address target, uint64 count, address sender, uint64 next) external onlySystem {
        Contract storage own = _contracts[target];
        own.calls += count;
        uint32 epoch = uint32(block.number / parameters.epochBlocks);
        uint256 counted = 0;
        uint256 free = STRIKES;
        for (uint256 i = 0; i < STRIKES; i++) {
            Strike storage strike = _strikes[target][i];
            bool isCounted = strike.sender != address(0) && own.calls - strike.atCall < STRIKE_CALLS;
            if (isCounted && strike.sender == sender) {
                // One strike a sender and epoch, so that nobody suspends a contract alone.
                if (strike.epoch == epoch) return;
                isCounted = false;
                delete _strikes[target][i];
            }
            if (isCounted) counted++;
            else free = i;
        }
        if (sender != address(0)) {
            _strikes[target][free] = Strike(sender, epoch, own.calls);
            counted++;
            emit Struck(target, sender, counted);
        }
        if (counted == STRIKES) {
            suspendFrom(target, own, next, address(0));
        } else if (counted == 0) {
            own.calls = 0;
            delete _strikes[target];
        }
    }

    /// @notice Stops new orders; what is in the queue runs.
    function suspend(address target) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.status != Status.Active) revert WrongStatus(target, own.status);
        suspendFrom(target, own, 0, msg.sender);
    }

    /// @notice A result of a contract was found wrong, or nobody can tell: it stops, as after its last strike.
    function convict(address target, uint64 next) external {
        if (msg.sender != CHALLENGES) revert NotChallenges(msg.sender);
        Contract storage own = _contracts[target];
        if (own.status != Status.Retired) suspendFrom(target, own, next, address(0));
    }

    /// @notice Takes orders again, after the admin's own suspension.
    function resume(address target) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.status != Status.Suspended) revert WrongStatus(target, own.status);
        if (own.suspendedBefore != 0) revert NeedsAudit(target);
        resumeFrom(target);
    }

    /// @notice The protocol resumes a contract that strikes had suspended, after a call that all replicas agree on.
    function passedAudit(address target) external onlySystem {
        resumeFrom(target);
    }

    /// @notice Ends a contract for good and gives what is left of its escrow back to its admin.
    function retire(address target) external onlyAdmin(target) {
        Contract storage own = _contracts[target];
        if (own.status == Status.Retired) revert WrongStatus(target, own.status);
        if (own.switchIndex != 0 || own.isDraining) revert IsSwitching(target);
        settleRent(target, own);
        uint256 left = own.escrow;
        own.escrow = 0;
        own.status = Status.Retired;
        own.dueAt = 0;
        candidates[target].version = address(0);
        emit Retired(target, left);
        pay(msg.sender, left);
    }

    // --- Rent

    /// @notice Adds to a contract's escrow; anybody may. A frozen or archived contract is restored when it lasts for
    /// a block at least.
    function topUp(address target) external payable {
        Contract storage own = _contracts[target];
        if (own.status == Status.Undeclared || own.status == Status.Retired) revert WrongStatus(target, own.status);
        settleRent(target, own);
        emit ToppedUp(target, msg.sender, msg.value);
        fund(target, msg.value);
        activateFirst(target);
    }

    /// @notice The protocol looks at contracts whose escrow runs out, at `limit` of them in a block; what is left waits
    /// for the next. A height without any counts as one.
    function sweep(uint64 limit) external onlySystem {
        uint64 height = _sweptTo;
        uint64 seen = 0;
        for (uint64 steps = 0; steps < limit && height <= block.number && dueCount > seen; steps++) {
            address[] storage due = _due[height];
            if (due.length == 0) {
                height++;
                continue;
            }
            address target = due[due.length - 1];
            due.pop();
            seen++;
            lookAt(target, height);
        }
        dueCount -= seen;
        _sweptTo = height;
    }

    /// @notice Pays what hosts have earned to where they are paid; anybody may ask for it.
    function collect(address payout) external {
        uint256 amount = earned[payout];
        if (amount == 0) revert NothingEarned(payout);
        earned[payout] = 0;
        emit Collected(payout, amount);
        pay(payout, amount);
    }

    /// @notice The protocol has a wider committee paid than callers pay for: by the contract, as far as its escrow goes, in
    /// equal parts.
    function payJudges(address target, uint256 amount, address[] calldata payouts) external onlySystem {
        Contract storage own = _contracts[target];
        settleRent(target, own);
        uint256 share = (amount < own.escrow ? amount : own.escrow) / payouts.length;
        if (share == 0) return;
        own.escrow -= uint128(share * payouts.length);
        for (uint256 i = 0; i < payouts.length; i++) {
            earned[payouts[i]] += share;
        }
        emit JudgesPaid(target, share * payouts.length);
        fund(target, 0);
    }

    /// @notice Wei a block that a class costs.
    function rentOf(uint8 class) public view returns (uint128) {
        if (class == 0) return parameters.smallRent;
        return class == 1 ? parameters.mediumRent : parameters.largeRent;
    }

    /// @notice Wei a block that a contract pays: the rent of its class, and the retainers of those who keep it.
    function rateOf(address target) public view returns (uint256 rate) {
        address version = _contracts[target].version;
        rate = rentOf(policies[version].class);
        Keeper[] storage keepers = _keepers[target][version];
        for (uint256 i = 0; i < keepers.length; i++) {
            rate += keepers[i].retainer;
        }
    }

    // --- Views

    /// @notice All that is known of a contract.
    function contractOf(address target) external view returns (Contract memory) {
        return _contracts[target];
    }

    function approversOf(address version) external view returns (address[] memory) {
        return _approvers[version];
    }

    /// @notice Hosts that keep a contract and share its rent, those that are not drawn any more among them.
    function keepersOf(address target) public view returns (Keeper[] memory) {
        return _keepers[target][_contracts[target].version];
    }

    /// @notice Hosts that must be ready before a version runs: what its manifest asks for, or all that there are.
    function stagedBy(address version) public view returns (uint256) {
        uint256 wanted = policies[version].replicas;
        if (wanted == 0) return 0;
        uint256 there = HOSTS.readyCount(policies[version].class);
        // With no host at all nothing is staged, so that nothing runs.
        if (there == 0) return 1;
        return there < wanted ? there : wanted;
    }

    /// @notice The hash of the manifest that a container was deployed with.
    function manifestOf(address version) public view returns (bytes32) {
        bytes memory code = version.code;
        if (code.length != 36 || bytes4(code) != CONTAINER_CODE) revert NotAContainer(version);
        bytes32 hash;
        assembly {
            hash := mload(add(code, 36))
        }
        return hash;
    }

    // --- Inside

    function candidateOf(address target, address version) private view returns (Candidate storage candidate) {
        candidate = candidates[target];
        if (version == address(0) || candidate.version != version) {
            revert NotCandidate(target, version, candidate.manifest);
        }
    }

    function isApprover(address version, address who) private view returns (bool) {
        address[] storage approvers = _approvers[version];
        for (uint256 i = 0; i < approvers.length; i++) {
            if (approvers[i] == who) return true;
        }
        return false;
    }

    function say(address target, Candidate storage candidate, bytes32 who) private {
        bytes32 word = keccak256(abi.encode(target, candidate.round, who));
        if (_said[word]) revert AlreadySaid(target, candidate.version);
        _said[word] = true;
    }

    /// A new contract is active at once when nothing is missing; a later version waits for its place in the queue.
    function activateFirst(address target) private {
        Contract storage own = _contracts[target];
        if (own.status != Status.Pending) return;
        Candidate storage candidate = candidates[target];
        if (candidate.approvals < _approvers[target].length || candidate.ready < stagedBy(target)) return;
        if (own.escrow < policies[target].deposit) return;
        candidate.version = address(0);
        own.status = Status.Active;
        emit Activated(target, target);
    }

    function setVersion(address target, Contract storage own, address version) private {
        settleRent(target, own);
        own.version = version;
        own.activatedAt = uint64(block.number);
        own.hasMovedValue = false;
        // Its class may cost another rent.
        fund(target, 0);
    }

    function resumeFrom(address target) private {
        _contracts[target].status = policies[target].isDeclared ? Status.Active : Status.Undeclared;
        _contracts[target].suspendedBefore = 0;
        emit Resumed(target);
    }

    function suspendFrom(address target, Contract storage own, uint64 next, address by) private {
        own.status = Status.Suspended;
        own.suspendedBefore = next;
        own.calls = 0;
        delete _strikes[target];
        emit Suspended(target, by);
    }

    /// Takes what was due since it was last settled, no more than there is, and pays it to the hosts that keep the
    /// contract and are drawn now: each its retainer, and all of them the rent in equal parts.
    function settleRent(address target, Contract storage own) private {
        uint256 time = own.funding == Funding.Funded ? block.number - own.settledAt : 0;
        own.settledAt = uint64(block.number);
        if (time == 0) return;
        uint8 class = policies[own.version].class;
        Keeper[] storage keepers = _keepers[target][own.version];
        address[] memory payouts = new address[](keepers.length);
        uint256[] memory wages = new uint256[](keepers.length);
        uint256 rent = time * rentOf(class);
        uint256 due = rent;
        uint256 count = 0;
        for (uint256 i = 0; i < keepers.length; i++) {
            address payout = HOSTS.payoutOf(keepers[i].host, class);
            if (payout == address(0)) continue;
            payouts[count] = payout;
            wages[count] = time * keepers[i].retainer;
            due += wages[count++];
        }
        uint256 paid = due < own.escrow ? due : own.escrow;
        if (paid == 0) return;
        own.escrow -= uint128(paid);
        uint256 share = count == 0 ? 0 : (rent * paid) / due / count;
        uint256 left = paid;
        for (uint256 i = 0; i < count; i++) {
            uint256 wage = share + (wages[i] * paid) / due;
            earned[payouts[i]] += wage;
            left -= wage;
        }
        rentPaid[class] += left;
    }

    function isKeeper(address target, address version, bytes32 host) private view returns (bool) {
        Keeper[] storage keepers = _keepers[target][version];
        for (uint256 i = 0; i < keepers.length; i++) {
            if (keepers[i].host == host) return true;
        }
        return false;
    }

    /// Gives a host a place among those that are paid, as many as the manifest asks for; false when none is free.
    function addKeeper(address target, address version, bytes32 host) private returns (bool) {
        if (isKeeper(target, version, host)) return true;
        Policy storage policy = policies[version];
        uint128 retainer = HOSTS.retainers(host, policy.class);
        if (retainer > policy.priceCap) revert TooDear(host, retainer, policy.priceCap);
        Keeper[] storage keepers = _keepers[target][version];
        uint256 places = policy.replicas < KEEPERS_MAX ? policy.replicas : KEEPERS_MAX;
        if (keepers.length < places) {
            keepers.push(Keeper(host, retainer));
            return true;
        }
        for (uint256 i = 0; i < keepers.length; i++) {
            if (HOSTS.isDrawn(keepers[i].host, policy.class)) continue;
            keepers[i] = Keeper(host, retainer);
            return true;
        }
        return false;
    }

    /// Adds to the escrow, and says when the sweep looks at the contract. The escrow is settled.
    function fund(address target, uint256 amount) private {
        Contract storage own = _contracts[target];
        own.escrow += uint128(amount);
        uint256 rate = rateOf(target);
        if (rate == 0) {
            own.dueAt = 0;
            if (own.funding != Funding.Funded) restore(target, own);
            return;
        }
        uint64 until = lastsUntil(own, rate);
        if (until == block.number) {
            if (own.funding == Funding.Funded) freeze(target, own);
            return;
        }
        if (own.funding != Funding.Funded) restore(target, own);
        uint64 warning = parameters.warningBlocks;
        schedule(target, own, until > block.number + warning ? until - warning : until);
    }

    /// The sweep has come to a contract. One that stands at another height by now was topped up since.
    function lookAt(address target, uint64 height) private {
        Contract storage own = _contracts[target];
        if (own.dueAt != height) return;
        own.dueAt = 0;
        if (own.funding == Funding.Frozen) {
            own.funding = Funding.Archived;
            emit Archived(target);
            return;
        }
        settleRent(target, own);
        uint256 rate = rateOf(target);
        if (rate == 0) return;
        uint64 until = lastsUntil(own, rate);
        if (until == block.number) {
            freeze(target, own);
            return;
        }
        emit RentDue(target, until);
        schedule(target, own, until);
    }

    function lastsUntil(Contract storage own, uint256 rate) private view returns (uint64) {
        uint256 until = block.number + own.escrow / rate;
        return until < type(uint64).max ? uint64(until) : type(uint64).max;
    }

    function freeze(address target, Contract storage own) private {
        own.funding = Funding.Frozen;
        schedule(target, own, uint64(block.number) + parameters.archiveBlocks);
        emit Frozen(target);
    }

    function restore(address target, Contract storage own) private {
        own.funding = Funding.Funded;
        emit Restored(target);
    }

    function schedule(address target, Contract storage own, uint64 height) private {
        if (dueCount == 0 && _sweptTo < block.number) {
            _sweptTo = uint64(block.number);
        }
        own.dueAt = height;
        _due[height].push(target);
        dueCount++;
    }

    function pay(address to, uint256 amount) private {
        (bool done,) = to.call{value: amount}("");
        if (!done) revert NotPaid(to, amount);
    }
}
