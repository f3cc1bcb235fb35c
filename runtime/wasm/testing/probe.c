// A contract for tests: its calldata is a list of commands, and what they give is returned, one after the other.
// Each command is: number (u8), length of its operands (u32, little-endian), operands. A number goes with a name in
// probe.ts. Built by test/bench/kernels/build.ts.
typedef unsigned char u8;
typedef unsigned u32;
typedef unsigned long long u64;

#define HOOK(name) __attribute__((import_module("vm_hooks"), import_name(#name))) name
void HOOK(read_args)(u8 *target);
void HOOK(write_result)(const u8 *bytes, u32 length);
void HOOK(exit_early)(u32 status);
void HOOK(storage_load_bytes32)(const u8 *slot, u8 *target);
void HOOK(storage_cache_bytes32)(const u8 *slot, const u8 *value);
void HOOK(storage_flush_cache)(u32 clear);
void HOOK(transient_load_bytes32)(const u8 *slot, u8 *target);
void HOOK(transient_store_bytes32)(const u8 *slot, const u8 *value);
u32 HOOK(call_contract)(const u8 *to, const u8 *data, u32 length, const u8 *value, u64 gas, u32 *returned);
u32 HOOK(delegate_call_contract)(const u8 *to, const u8 *data, u32 length, u64 gas, u32 *returned);
u32 HOOK(static_call_contract)(const u8 *to, const u8 *data, u32 length, u64 gas, u32 *returned);
void HOOK(create1)(const u8 *code, u32 length, const u8 *value, u8 *created, u32 *returned);
void HOOK(create2)(const u8 *code, u32 length, const u8 *value, const u8 *salt, u8 *created, u32 *returned);
u32 HOOK(read_return_data)(u8 *target, u32 offset, u32 size);
u32 HOOK(return_data_size)(void);
void HOOK(emit_log)(const u8 *bytes, u32 length, u32 topics);
void HOOK(account_balance)(const u8 *account, u8 *target);
u32 HOOK(account_code)(const u8 *account, u32 offset, u32 size, u8 *target);
u32 HOOK(account_code_size)(const u8 *account);
void HOOK(account_codehash)(const u8 *account, u8 *target);
u64 HOOK(evm_gas_left)(void);
u64 HOOK(evm_ink_left)(void);
void HOOK(block_basefee)(u8 *target);
u64 HOOK(chainid)(void);
void HOOK(block_coinbase)(u8 *target);
u64 HOOK(block_gas_limit)(void);
u64 HOOK(block_number)(void);
u64 HOOK(block_timestamp)(void);
void HOOK(contract_address)(u8 *target);
void HOOK(math_div)(u8 *value, const u8 *other);
void HOOK(math_mod)(u8 *value, const u8 *other);
void HOOK(math_pow)(u8 *value, const u8 *other);
void HOOK(math_add_mod)(u8 *value, const u8 *other, const u8 *modulus);
void HOOK(math_mul_mod)(u8 *value, const u8 *other, const u8 *modulus);
u32 HOOK(msg_reentrant)(void);
void HOOK(msg_sender)(u8 *target);
void HOOK(msg_value)(u8 *target);
void HOOK(tx_gas_price)(u8 *target);
u32 HOOK(tx_ink_price)(void);
void HOOK(tx_origin)(u8 *target);
void HOOK(pay_for_memory_grow)(u32 pages);
void HOOK(native_keccak256)(const u8 *bytes, u32 length, u8 *target);

#define BUFFER 65536
static u8 input[BUFFER], output[BUFFER];
static u32 used;

static u32 u32_at(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24; }
static u64 u64_at(const u8 *p) { return u32_at(p) | (u64)u32_at(p + 4) << 32; }

static u8 *give(u32 length) {
  u8 *at = output + used;
  used += length;
  return at;
}
static void give_number(u64 value, u32 length) {
  u8 *at = give(length);
  for (u32 i = 0; i < length; i++) at[i] = (u8)(value >> 8 * i);
}
static void copy(u8 *to, const u8 *from, u32 length) {
  for (u32 i = 0; i < length; i++) to[i] = from[i];
}
// Status, length of what was returned, what was returned.
static void give_returned(u32 status, u32 length) {
  give_number(status, 1);
  give_number(length, 4);
  u32 read = read_return_data(output + used, 0, length);
  used += read;
}

static volatile u32 sink;
__attribute__((noinline)) static u32 descend(u32 depth) {
  return depth == 0 ? 0 : descend(depth - 1) + sink + 1;
}

// Calls from the bottom of a recursion, so that the stack is held meanwhile.
__attribute__((noinline)) static u32 descend_and_call(u32 depth, const u8 *p, u32 length) {
  if (depth > 0) return descend_and_call(depth - 1, p, length) + sink + 1;
  u32 returned = 0;
  u32 status = call_contract(p, p + 60, length - 60, p + 20, u64_at(p + 52), &returned);
  give_returned(status, returned);
  return 0;
}

static void math3(void (*run)(u8 *, const u8 *, const u8 *), const u8 *p) {
  u8 *at = give(32);
  copy(at, p, 32);
  run(at, p + 32, p + 64);
}

static void run_call(u8 op, const u8 *p, u32 length) {
  u32 returned = 0;
  switch (op) {
    case 3:
      give_returned(call_contract(p, p + 60, length - 60, p + 20, u64_at(p + 52), &returned), returned);
      break;
    case 4:
      give_returned(delegate_call_contract(p, p + 28, length - 28, u64_at(p + 20), &returned), returned);
      break;
    case 5:
      give_returned(static_call_contract(p, p + 28, length - 28, u64_at(p + 20), &returned), returned);
      break;
    case 6: {
      u8 *created = give(20);
      create1(p + 32, length - 32, p, created, &returned);
      give_returned(0, returned);
      break;
    }
    case 7: {
      u8 *created = give(20);
      create2(p + 64, length - 64, p, p + 32, created, &returned);
      give_returned(0, returned);
      break;
    }
  }
}

static void run_context(u8 op) {
  switch (op) {
    case 30: block_basefee(give(32)); break;
    case 31: block_coinbase(give(20)); break;
    case 32: give_number(block_gas_limit(), 8); break;
    case 33: give_number(block_number(), 8); break;
    case 34: give_number(block_timestamp(), 8); break;
    case 35: give_number(chainid(), 8); break;
    case 36: contract_address(give(20)); break;
    case 37: msg_sender(give(20)); break;
    case 38: msg_value(give(32)); break;
    case 39: tx_gas_price(give(32)); break;
    case 40: tx_origin(give(20)); break;
    case 41: give_number(tx_ink_price(), 4); break;
    case 42: give_number(evm_gas_left(), 8); break;
    case 43: give_number(evm_ink_left(), 8); break;
    case 44: give_number(msg_reentrant(), 4); break;
    case 45: give_number(return_data_size(), 4); break;
  }
}

static void run_odd(u8 op, const u8 *p, u32 length) {
  switch (op) {
    case 60: __builtin_trap(); break;
    case 61: for (;;) sink++; break;
    case 62: give_number(descend(u32_at(p)), 4); break;
    case 63: give_number(__builtin_wasm_memory_grow(0, u32_at(p)), 4); break;
    case 64: exit_early(p[0]); break;
    case 65: write_result((const u8 *)u32_at(p), u32_at(p + 4)); break;
    case 66: pay_for_memory_grow(u32_at(p)); break;
    case 67: give_number((u32)(100 / (int)u32_at(p)), 4); break;
    case 68: write_result(output, used); break;
    case 70: give_number(descend_and_call(u32_at(p), p + 4, length - 4), 4); break;
    case 69: read_args((u8 *)u32_at(p)); break;
  }
}

static void run(u8 op, const u8 *p, u32 length) {
  if (op >= 3 && op <= 7) return run_call(op, p, length);
  if (op >= 30 && op < 60) return run_context(op);
  if (op >= 60) return run_odd(op, p, length);
  switch (op) {
    case 0: storage_load_bytes32(p, give(32)); break;
    case 1: storage_cache_bytes32(p, p + 32); break;
    case 2: storage_flush_cache(p[0]); break;
    case 8: {
      u32 read = read_return_data(output + used, u32_at(p), u32_at(p + 4));
      used += read;
      break;
    }
    case 10: transient_load_bytes32(p, give(32)); break;
    case 11: transient_store_bytes32(p, p + 32); break;
    case 12: emit_log(p + 1, length - 1, p[0]); break;
    case 13: account_balance(p, give(32)); break;
    case 14: {
      u32 read = account_code(p, u32_at(p + 20), u32_at(p + 24), output + used);
      used += read;
      break;
    }
    case 15: give_number(account_code_size(p), 4); break;
    case 16: account_codehash(p, give(32)); break;
    case 17: native_keccak256(p, length, give(32)); break;
    case 20: copy(give(32), p, 32), math_div(output + used - 32, p + 32); break;
    case 21: copy(give(32), p, 32), math_mod(output + used - 32, p + 32); break;
    case 22: copy(give(32), p, 32), math_pow(output + used - 32, p + 32); break;
    case 23: math3(math_add_mod, p); break;
    case 24: math3(math_mul_mod, p); break;
  }
}

static u32 run_all(u32 length) {
  if (length > BUFFER) return 1;
  read_args(input);
  u32 status = 0;
  for (u32 at = 0; at + 5 <= length;) {
    u8 op = input[at];
    u32 operands = u32_at(input + at + 1);
    if (op == 255) status = 1;
    else run(op, input + at + 5, operands);
    at += 5 + operands;
  }
  write_result(output, used);
  return status;
}

__attribute__((export_name("user_entrypoint"))) u32 user_entrypoint(u32 length) { return run_all(length); }

#ifdef WITH_CONSTRUCTOR
__attribute__((export_name("user_constructor"))) u32 user_constructor(u32 length) { return run_all(length); }
#endif
