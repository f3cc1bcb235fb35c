#!/usr/bin/python3
"""The tour's token in Python, which has no SDK here: the frame protocol (runtime/container/PROTOCOL.md) and nothing else.

Any language that has sockets, bytes and processes can do the same: first the protocol, then the contract."""

import os
import signal
import socket
import struct

HELLO, CALL, HOSTCALL, HOSTREPLY, RESULT, TRAP = 1, 2, 3, 4, 5, 6
STORAGE_GET, STORAGE_PUT, LOG, KECCAK256 = 1, 2, 6, 7
REFUSED, STOP = 2, 3
SUCCESS, REVERT, TRAP_SIGNAL, TRAP_EXIT = 0, 1, 1, 2
FRAME_BYTES = 1024 * 1024
REASON_BYTES_MAX = 1024
EXIT_PROTOCOL = 71


class Stream:
    """Frames: u32 length | u8 type | u64 exchange | body, integers big-endian."""

    def __init__(self, channel):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(channel.removeprefix("unix:"))

    def send(self, kind, exchange, body):
        self.socket.sendall(struct.pack(">IBQ", 9 + len(body), kind, exchange) + body)

    def receive(self):
        (length,) = struct.unpack(">I", self.read(4, may_end=True))
        if not 9 <= length <= FRAME_BYTES:
            os._exit(EXIT_PROTOCOL)
        kind, exchange = struct.unpack(">BQ", self.read(9))
        return kind, exchange, self.read(length - 9)

    def read(self, count, may_end=False):
        data = b""
        while len(data) < count:
            data += (piece := self.socket.recv(count - len(data)))
            if piece == b"":
                os._exit(0 if may_end and data == b"" else EXIT_PROTOCOL)
        return data


class Revert(Exception):
    """Ends the call and undoes it; the caller sees the data."""

    def __init__(self, data=b""):
        self.data = data


def reason(text):
    text = text[:REASON_BYTES_MAX]
    return Revert(bytes.fromhex("08c379a0") + word(32) + word(len(text)) + text + bytes(-len(text) % 32))


def panic(code):
    return Revert(bytes.fromhex("4e487b71") + word(code))


class Host:
    """What a call knows (PROTOCOL.md, "CALL"), and what it can ask ("HOSTCALL")."""

    def __init__(self, stream, exchange, call):
        self.stream, self.exchange = stream, exchange
        self.sender, self.value, self.input = call[20:40], call[60:92], call[176:]

    def ask(self, operation, arguments):
        self.stream.send(HOSTCALL, self.exchange, bytes([operation]) + arguments)
        kind, exchange, body = self.stream.receive()
        if kind != HOSTREPLY or exchange != self.exchange or body == b"":
            os._exit(EXIT_PROTOCOL)
        if body[0] == STOP:
            os._exit(0)
        if body[0] == REFUSED:
            raise reason(body[1:])
        return body[1:]


def run(stream, exchange, call, contract):
    """One call, in a process of its own."""
    try:
        status, output = SUCCESS, contract(Host(stream, exchange, call))
    except Revert as revert:
        status, output = REVERT, revert.data
    except Exception as error:  # What nobody catches is a reason, and no end of the container.
        status, output = REVERT, reason(str(error).encode()).data
    stream.send(RESULT, exchange, bytes([status]) + output)
    os._exit(0)


def serve(contract):
    """The launcher: says HELLO, forks for every call, and reports how the child ended."""
    stream = Stream(os.environ["DELCHAIN_CHANNEL"])
    stream.send(HELLO, 0, b"\0\1")
    while True:
        kind, exchange, call = stream.receive()
        if kind != CALL:
            os._exit(EXIT_PROTOCOL)
        child = os.fork()
        if child == 0:
            os.setsid()
            run(stream, exchange, call, contract)
        _, status = os.waitpid(child, 0)
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if status == 0:
            stream.send(HELLO, exchange, b"\0\1")
            continue
        end = (TRAP_SIGNAL, status & 127) if os.WIFSIGNALED(status) else (TRAP_EXIT, status >> 8)
        stream.send(TRAP, exchange, struct.pack(">BI", *end))


# The contract: Solidity's ABI, storage layout and revert data.

TRANSFER = bytes.fromhex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")
BALANCES, SUPPLY = 0, 1


def word(value):
    return value.to_bytes(32, "big")


def number(data):
    return int.from_bytes(data, "big")


class Token:
    def __init__(self, host):
        self.host = host

    def mint(self, to, amount):
        self.store(word(SUPPLY), self.load(word(SUPPLY)) + amount)
        self.credit(to, amount)
        self.log(bytes(20), to, amount)
        return b""

    def transfer(self, to, amount):
        slot = self.balance_slot(self.host.sender)
        have = self.load(slot)
        if have < amount:
            raise reason(b"insufficient balance")
        self.store(slot, have - amount)
        self.credit(to, amount)
        self.log(self.host.sender, to, amount)
        return word(1)

    def balance_of(self, owner):
        return word(self.load(self.balance_slot(owner)))

    def total_supply(self):
        return word(self.load(word(SUPPLY)))

    def credit(self, to, amount):
        slot = self.balance_slot(to)
        self.store(slot, self.load(slot) + amount)

    def balance_slot(self, owner):
        return self.host.ask(KECCAK256, bytes(12) + owner + word(BALANCES))

    def load(self, slot):
        return number(self.host.ask(STORAGE_GET, slot))

    def store(self, slot, value):
        if value >= 2**256:
            raise panic(0x11)
        self.host.ask(STORAGE_PUT, slot + word(value))

    def log(self, sender, to, amount):
        topics = TRANSFER + bytes(12) + sender + bytes(12) + to
        self.host.ask(LOG, bytes([3]) + topics + word(amount))


def address(data):
    if any(data[:12]):
        raise Revert()
    return data[12:]


METHODS = {
    "40c10f19": (Token.mint, [address, number]),
    "a9059cbb": (Token.transfer, [address, number]),
    "70a08231": (Token.balance_of, [address]),
    "18160ddd": (Token.total_supply, []),
}


def token(host):
    method, types = METHODS.get(host.input[:4].hex(), (None, []))
    arguments = host.input[4:]
    if method is None or any(host.value) or len(arguments) < 32 * len(types):
        raise Revert()
    return method(Token(host), *(read(arguments[32 * i : 32 * i + 32]) for i, read in enumerate(types)))


serve(token)
