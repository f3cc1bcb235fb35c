import { Address } from "./address";
import { Bytes, Bytes32 } from "./bytes";
import { calldataOf } from "./entry";
import * as host from "./host";
import { u256 } from "./u256";
import { refuseInView } from "./view";

// Who calls, in which block, and what others own.

function wordAt(from: usize): u256 {
  const value = new u256();
  value.loadWord(from);
  return value;
}

/** A log: `topics` words, then the data. */
export function emitLog(log: Bytes, topics: i32): void {
  refuseInView();
  host.emit_log(log.start, log.length, topics);
}

/** The call that runs. */
export namespace message {
  /** The whole calldata, selector included. */
  export function data(): Bytes {
    return calldataOf();
  }
  export function sender(): Address {
    const account = new Address();
    host.msg_sender(account.start);
    return account;
  }
  export function value(): u256 {
    const word = heap.alloc(32);
    host.msg_value(word);
    return wordAt(word);
  }
  /** `true` while another call of this contract is open further up. */
  export function isReentrant(): bool {
    return host.msg_reentrant() != 0;
  }
  export function gasLeft(): u64 {
    return host.evm_gas_left();
  }
}

/** The transaction that it belongs to. */
export namespace transaction {
  export function origin(): Address {
    const account = new Address();
    host.tx_origin(account.start);
    return account;
  }
  export function gasPrice(): u256 {
    const word = heap.alloc(32);
    host.tx_gas_price(word);
    return wordAt(word);
  }
}

/** The block that it belongs to. */
export namespace block {
  export function number(): u64 {
    return host.block_number();
  }
  /** Seconds since 1970. */
  export function time(): u64 {
    return host.block_timestamp();
  }
  export function gasLimit(): u64 {
    return host.block_gas_limit();
  }
  export function chainId(): u64 {
    return host.chainid();
  }
  export function coinbase(): Address {
    const account = new Address();
    host.block_coinbase(account.start);
    return account;
  }
  export function baseFee(): u256 {
    const word = heap.alloc(32);
    host.block_basefee(word);
    return wordAt(word);
  }
}

/** Any account. */
export namespace account {
  /** This contract's own address. */
  export function self(): Address {
    const address = new Address();
    host.contract_address(address.start);
    return address;
  }
  export function balance(address: Address): u256 {
    const word = heap.alloc(32);
    host.account_balance(address.start, word);
    return wordAt(word);
  }
  export function code(address: Address): Bytes {
    const code = Bytes.allocate(host.account_code_size(address.start));
    host.account_code(address.start, 0, code.length, code.start);
    return code;
  }
  export function codeHash(address: Address): Bytes32 {
    const hash = new Bytes32();
    host.account_codehash(address.start, hash.start);
    return hash;
  }
}
