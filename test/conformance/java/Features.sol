// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What Java contracts are held to: every type, every kind of storage, events, errors and calls.
contract Features {
    enum Size {
        SMALL,
        LARGE,
        HUGE
    }

    struct Point {
        uint64 x;
        int32 y;
    }

    struct Order {
        address owner;
        uint96 amount;
        string note;
        uint256[] parts;
        Point at;
        bool open;
    }

    address owner;
    bool flag;
    uint64 count;
    int16 temperature;
    bytes4 tag;
    uint256 total;
    string name;
    bytes blob;
    mapping(address => mapping(address => uint256)) allowances;
    mapping(string => uint128) byName;
    uint256[] list;
    uint8[] small;
    Point[] points;
    uint32[5] five;
    mapping(uint256 => Order) orders;
    Point spot;
    int256 balance;
    Size size;
    mapping(Size => Size[]) sizes;

    event Noted(string indexed topic, string text, address indexed who, bytes data);
    event Moved(Point from, uint256[] path, bytes4 indexed tag, int32 by);

    event Resized(Size indexed from, Size to);

    error Poor(address who, uint256 have, string why);

    constructor(address first, string memory title, uint64[] memory counts) {
        owner = first;
        name = title;
        count = counts[0];
    }

    function setPacked(address a, bool b, uint64 c, int16 d, bytes4 e) external {
        owner = a;
        flag = b;
        count = c;
        temperature = d;
        tag = e;
    }

    function packed(uint256 skip) external view returns (address owner_, bool flag_, uint64 count_, int16 temperature_, bytes4 tag_) {
        require(skip < 5, "too far");
        return (owner, flag, count, temperature, tag);
    }

    function setText(string calldata text, bytes calldata data) external {
        name = text;
        blob = data;
    }

    function text() external view returns (string memory) {
        return name;
    }

    function data() external view returns (bytes memory) {
        return blob;
    }

    function allow(address spender, uint256 amount) external {
        allowances[msg.sender][spender] += amount;
    }

    function allowance(address holder, address spender) external view returns (uint256) {
        return allowances[holder][spender];
    }

    function setByName(string calldata key, uint128 value) external {
        byName[key] = value;
    }

    function getByName(string calldata key) external view returns (uint128) {
        return byName[key];
    }

    function push(uint256 a, uint8 b, Point calldata c) external returns (uint32) {
        list.push(a);
        small.push(b);
        points.push(c);
        return uint32(list.length);
    }

    function pop() external {
        list.pop();
        small.pop();
        points.pop();
    }

    function item(uint32 i) external view returns (uint256 a, uint8 b, Point memory c) {
        return (list[i], small[i], points[i]);
    }

    function setItem(uint32 i, uint32 value) external {
        five[i] = value;
        small[i] = uint8(value % 256);
    }

    function setOrder(uint256 id, Order memory order) external {
        orders[id] = order;
    }

    function order(uint256 id) external view returns (Order memory) {
        return orders[id];
    }

    function setSpot(Point calldata at, int256 by) external {
        spot = at;
        balance += by;
    }

    function echo(Order[] calldata all, bytes[] calldata blobs, int24[3] calldata three) external pure returns (Order[] memory) {
        require(blobs.length < 3, "too many");
        require(three[0] <= three[1], "order");
        return all;
    }

    function nested(uint16[][2] calldata a, string[] calldata b, bool[] calldata c) external pure returns (string[] memory) {
        require(a[0].length + c.length < 100, "long");
        return b;
    }

    function note(string calldata topic, string calldata what, bytes calldata more) external {
        emit Noted(topic, what, msg.sender, more);
    }

    function move(Point calldata from, uint256[] calldata path, bytes4 as_, int32 by) external {
        emit Moved(from, path, as_, by);
    }

    function fail(uint256 have, string calldata why) external view {
        revert Poor(msg.sender, have, why);
    }

    function resize(Size to, Size[] calldata all) external returns (Size) {
        Size before = size;
        size = to;
        sizes[to] = all;
        emit Resized(before, to);
        return before;
    }

    function check(int256 a, int256 b) external pure returns (int256) {
        return (a / b) * 3 - (a % b) + b;
    }

    function shift(uint256 a, uint16 by) external pure returns (uint256) {
        return ((a << by) | (a >> by)) ^ ~a;
    }

    function sum(uint8 a, uint64 b, uint128 c) external pure returns (uint128) {
        return uint128(a) + uint128(b) + c;
    }

    function deposit() external payable returns (uint256) {
        return msg.value + address(this).balance;
    }

    function context() external view returns (address sender, address self, uint256 number, uint256 time, uint256 chain, uint256 fee) {
        return (msg.sender, address(this), block.number, block.timestamp, block.chainid, block.basefee);
    }

    receive() external payable {
        total += msg.value;
    }
}
