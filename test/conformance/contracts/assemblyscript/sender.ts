import {
  Address,
  Bytes,
  Bytes32,
  Cell,
  message,
  messagesContract,
  require,
  sendMessage,
  u256,
} from "@delchain/assemblyscript/assembly";

/** Sends a message, and keeps what it is told became of it. */
@contract
export class Sender {
  told!: Cell<Bytes32>;
  succeeded!: Cell<u256>;

  @external
  @payable
  post(to: Address, value: u256, data: Bytes): Bytes32 {
    return sendMessage(to, value, data, 300_000, 600_000);
  }

  @external
  @payable
  onMessage(id: Bytes32, success: bool, result: Bytes): void {
    require(message.sender() == messagesContract(), "not MESSAGES");
    this.told.value = id;
    this.succeeded.value = u256.from(success ? 1 : 0);
  }
}
