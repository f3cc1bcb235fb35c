/*
 * Values of Solidity's ABI, taken one after the other off calldata, return data, or a part of them. What does not
 * decode reverts without data, as Solidity's decoder does: too short, dirty bits, an offset or a length outside.
 *
 *   dc_decoder in = dc_inputs();                       // transfer(address to, uint96[] amounts)
 *   address to = dc_decode_address(&in);
 *   size_t count;
 *   dc_decoder amounts = dc_decode_array(&in, 1, &count);
 *   for (size_t i = 0; i < count; i++) u256 amount = dc_decode_uint(&amounts, 96);
 *
 * Static arrays and structs lie in place: take their parts. Dynamic ones lie behind an offset: `dc_decode_tuple`.
 */
#ifndef DC_SHARED_DECODE_H
#define DC_SHARED_DECODE_H

typedef struct {
  const uint8_t *data;
  size_t length;
  /* Where the next word lies. */
  size_t next;
} dc_decoder;

static inline dc_decoder dc_decode(dc_bytes data) {
  return (dc_decoder){(const uint8_t *)data.data, data.length, 0};
}

DC_FUNCTION const uint8_t *dc_decode_word(dc_decoder *in) {
  if (in->length < 32 || in->next > in->length - 32) dc_revert_empty();
  const uint8_t *word = in->data + in->next;
  in->next += 32;
  return word;
}

/* The next word, of which `count` bytes from `from` on must be `fill`. */
DC_FUNCTION const uint8_t *dc_decode_filled(dc_decoder *in, size_t from, size_t count, uint8_t fill) {
  const uint8_t *word = dc_decode_word(in);
  for (size_t i = from; i < from + count; i++)
    if (word[i] != fill) dc_revert_empty();
  return word;
}

static inline u256 dc_decode_u256(dc_decoder *in) { return dc_from_word(dc_decode_word(in)); }

/* `uint8` to `uint256`. */
static inline u256 dc_decode_uint(dc_decoder *in, size_t bits) {
  return dc_from_word(dc_decode_filled(in, 0, 32 - bits / 8, 0));
}

/* `int8` to `int256` in two's complement: what `dc_signed_add` and its like take. */
DC_FUNCTION u256 dc_decode_int(dc_decoder *in, size_t bits) {
  const size_t high = 32 - bits / 8;
  const uint8_t *word = dc_decode_word(in);
  for (size_t i = 0; i < high; i++)
    if (word[i] != (word[high] & 0x80 ? 0xff : 0)) dc_revert_empty();
  return dc_from_word(word);
}

/* `uint8` to `uint64` as the compiler's own integer; `int64_t` of its result is `int8` to `int64`. */
static inline uint64_t dc_decode_u64(dc_decoder *in, size_t bits) { return dc_low64(dc_decode_uint(in, bits)); }
static inline int64_t dc_decode_i64(dc_decoder *in, size_t bits) { return (int64_t)dc_low64(dc_decode_int(in, bits)); }

static inline bool dc_decode_bool(dc_decoder *in) {
  const uint8_t *word = dc_decode_filled(in, 0, 31, 0);
  if (word[31] > 1) dc_revert_empty();
  return word[31] == 1;
}

static inline address dc_decode_address(dc_decoder *in) {
  address account;
  __builtin_memcpy(account.bytes, dc_decode_filled(in, 0, 12, 0) + 12, 20);
  return account;
}

/* `bytes1` to `bytes32`: the bytes come first, zeros after them. */
static inline bytes32 dc_decode_fixed(dc_decoder *in, size_t length) {
  bytes32 value;
  __builtin_memcpy(value.bytes, dc_decode_filled(in, length, 32 - length, 0), 32);
  return value;
}

/* A length or an offset, at most `most`. */
DC_FUNCTION size_t dc_decode_size(dc_decoder *in, size_t most) {
  const uint64_t size = dc_low64(dc_from_word(dc_decode_filled(in, 0, 24, 0)));
  if (size > most) dc_revert_empty();
  return (size_t)size;
}

/* A dynamic struct, or a fixed array of dynamic elements, whose values begin with `words` words. */
DC_FUNCTION dc_decoder dc_decode_tuple(dc_decoder *in, size_t words) {
  const size_t offset = dc_decode_size(in, in->length);
  dc_decoder tuple = {in->data + offset, in->length - offset, 0};
  if (words > tuple.length / 32) dc_revert_empty();
  return tuple;
}

/* `bytes` or `string`: a view into the data. */
DC_FUNCTION dc_bytes dc_decode_bytes(dc_decoder *in) {
  dc_decoder tail = dc_decode_tuple(in, 1);
  const size_t length = dc_decode_size(&tail, tail.length - 32);
  return (dc_bytes){tail.data + 32, length};
}

/* `T[]`: the decoder of its elements, each `words` words in place (1 for a dynamic one), and how many there are. */
DC_FUNCTION dc_decoder dc_decode_array(dc_decoder *in, size_t words, size_t *count) {
  dc_decoder tail = dc_decode_tuple(in, 1);
  *count = dc_decode_size(&tail, (tail.length - 32) / 32 / words);
  return (dc_decoder){tail.data + 32, tail.length - 32, 0};
}

#endif
