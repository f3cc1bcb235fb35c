/*
 * Values of Solidity's ABI, put one after the other into results, calldata, events and errors.
 *
 *   dc_encoder out = dc_encode(2);                      // returns (address, string[])
 *   dc_encode_address(&out, owner);
 *   dc_encoder names = dc_encode_array(&out, 1, 1);     // one element of one word
 *   dc_encode_bytes(&names, DC_STRING("gold"));
 *   dc_result_encoded(&out);
 *
 * An encoder is opened with the words that its values take in place: one for a dynamic value, the sum of its parts for
 * a static array or struct. What is nested is filled before its parent goes on.
 */
#ifndef DC_SHARED_ENCODE_H
#define DC_SHARED_ENCODE_H

typedef struct {
  uint8_t *data;
  size_t length;
  size_t capacity;
} dc_buffer;

typedef struct {
  dc_buffer *buffer;
  /* What offsets count from; where the next word goes; where the words in place end. */
  size_t base, next, end;
} dc_encoder;

/* Makes the buffer longer by zeros and returns where they begin. Memory of `dc_allocate` is zero. */
DC_FUNCTION size_t dc_extend(dc_buffer *buffer, size_t more) {
  const size_t start = buffer->length;
  buffer->length += more;
  if (buffer->length > buffer->capacity) {
    buffer->capacity = 2 * buffer->length;
    uint8_t *data = dc_allocate(buffer->capacity);
    __builtin_memcpy(data, buffer->data, start);
    buffer->data = data;
  }
  return start;
}

DC_FUNCTION dc_encoder dc_encode_after(size_t prefix, size_t words) {
  dc_buffer *buffer = dc_allocate(sizeof(dc_buffer));
  const size_t end = prefix + 32 * words;
  *buffer = (dc_buffer){dc_allocate(end), end, end};
  return (dc_encoder){buffer, prefix, prefix, end};
}

static inline dc_encoder dc_encode(size_t words) { return dc_encode_after(0, words); }

/* Calldata of a function, or the data of a custom error: its selector comes first. */
static inline dc_encoder dc_encode_selector(uint32_t selector, size_t words) {
  dc_encoder out = dc_encode_after(4, words);
  for (int i = 0; i < 4; i++) out.buffer->data[i] = (uint8_t)(selector >> (24 - 8 * i));
  return out;
}

static inline dc_bytes dc_encoded(const dc_encoder *out) {
  return (dc_bytes){out->buffer->data, out->buffer->length};
}

/* The next word in place, zero so far. More values than words are a mistake of the contract: it traps. */
DC_FUNCTION uint8_t *dc_encode_word(dc_encoder *out) {
  if (out->next == out->end) __builtin_trap();
  uint8_t *word = out->buffer->data + out->next;
  out->next += 32;
  return word;
}

static inline void dc_encode_u256(dc_encoder *out, u256 value) { dc_put_word(dc_encode_word(out), value); }
static inline void dc_encode_u64(dc_encoder *out, uint64_t value) { dc_encode_u256(out, dc_u256(value)); }
static inline void dc_encode_i64(dc_encoder *out, int64_t value) { dc_encode_u256(out, dc_signed(value)); }
static inline void dc_encode_bool(dc_encoder *out, bool value) { dc_encode_word(out)[31] = value; }
static inline void dc_encode_address(dc_encoder *out, address account) {
  __builtin_memcpy(dc_encode_word(out) + 12, account.bytes, 20);
}
/* `bytes1` to `bytes32`. */
static inline void dc_encode_fixed(dc_encoder *out, bytes32 value) {
  __builtin_memcpy(dc_encode_word(out), value.bytes, 32);
}

/* Opens `words` words at the end of the buffer, and puts the offset of `skipped` bytes before them in place. */
DC_FUNCTION dc_encoder dc_encode_tail(dc_encoder *out, size_t skipped, size_t words) {
  const size_t start = dc_extend(out->buffer, skipped + 32 * words);
  dc_put_word(dc_encode_word(out), dc_u256(start - out->base));
  const size_t base = start + skipped;
  return (dc_encoder){out->buffer, base, base, base + 32 * words};
}

/* A dynamic struct, or a fixed array of dynamic elements. */
static inline dc_encoder dc_encode_tuple(dc_encoder *out, size_t words) { return dc_encode_tail(out, 0, words); }

/* `T[]` of so many elements, each `words` words in place. */
DC_FUNCTION dc_encoder dc_encode_array(dc_encoder *out, size_t count, size_t words) {
  dc_encoder elements = dc_encode_tail(out, 32, count * words);
  dc_put_word(elements.buffer->data + elements.base - 32, dc_u256(count));
  return elements;
}

/* `bytes` or `string`. */
DC_FUNCTION void dc_encode_bytes(dc_encoder *out, dc_bytes value) {
  dc_encoder tail = dc_encode_tail(out, 32, dc_padded(value.length) / 32);
  dc_put_word(tail.buffer->data + tail.base - 32, dc_u256(value.length));
  __builtin_memcpy(tail.buffer->data + tail.base, value.data, value.length);
}

/* The result of the method. */
static inline void dc_result_encoded(const dc_encoder *out) { dc_result(dc_encoded(out)); }

/* `dc_encoder error = dc_encode_selector(POOR, 2); … dc_revert_encoded(&error);` */
DC_NORETURN static inline void dc_revert_encoded(const dc_encoder *out) { dc_revert_data(dc_encoded(out)); }

/* An event whose values are more than words: `dc_event event = dc_open_event(DC_TOPIC(NOTED), 1);` */
typedef struct {
  uint8_t topics[4 * 32];
  size_t topic_count;
  /* The values that are not indexed. */
  dc_encoder data;
} dc_event;

static inline void dc_topic_u256(dc_event *event, u256 value) {
  if (event->topic_count == 4) __builtin_trap();
  dc_put_word(event->topics + 32 * event->topic_count++, value);
}
static inline void dc_topic_address(dc_event *event, address account) { dc_topic_u256(event, dc_word(account)); }
/* Solidity indexes the hash of a `bytes` or a `string`. */
static inline void dc_topic_bytes(dc_event *event, dc_bytes value) {
  const bytes32 hash = dc_keccak256(value);
  dc_topic_u256(event, dc_from_word(hash.bytes));
}

static inline dc_event dc_open_event(u256 topic, size_t words) {
  dc_event event = {.topic_count = 0, .data = dc_encode(words)};
  dc_topic_u256(&event, topic);
  return event;
}

static inline void dc_emit_event(const dc_event *event) {
  dc_emit_log(event->topics, event->topic_count, dc_encoded(&event->data));
}

#endif
