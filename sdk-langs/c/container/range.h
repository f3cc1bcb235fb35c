/* Byte-string keys in the order of their bytes (PROTOCOL.md, "The order of keys"). */
#ifndef DC_RANGE_H
#define DC_RANGE_H

#include "host.h"

/* A bound may be a key and a zero byte: what comes right behind that key. */
enum { DC_BOUND_BYTES_MAX = DC_KEY_BYTES_MAX + 1 };
/* So many entries are asked for at once, in every SDK. */
enum { DC_RANGE_PAGE = 32 };

/*
 *   dc_range users = dc_range_prefix(DC_STRING("user/"));
 *   while (dc_next(&users)) use(users.key, users.value);
 *
 * `key` and `value` live until the next dc_next. Set `limit` to read at most so many entries, and pay for no more.
 */
typedef struct {
  dc_bytes key, value;
  size_t limit;
  uint8_t *from, *page;
  size_t from_length, page_length, at;
  dc_bytes end;
} dc_range;

/* From a key (itself included; empty: the first) to the one before `end` (empty: the last). */
static inline dc_range dc_range_between(dc_bytes from, dc_bytes end) {
  dc_require(from.length <= DC_BOUND_BYTES_MAX, "a bound has at most 1,025 bytes");
  dc_range range = {.limit = SIZE_MAX, .from_length = from.length};
  range.from = dc_allocate(DC_BOUND_BYTES_MAX);
  range.page = dc_allocate(DC_RANGE_BYTES_MAX);
  uint8_t *copy = dc_allocate(end.length);
  dc_copy(range.from, from.data, from.length);
  dc_copy(copy, end.data, end.length);
  range.end = (dc_bytes){copy, end.length};
  return range;
}

/* The keys that begin with these bytes. */
static inline dc_range dc_range_prefix(dc_bytes prefix) {
  dc_range range = dc_range_between(prefix, prefix);
  uint8_t *end = (uint8_t *)range.end.data;
  while (range.end.length > 0 && end[range.end.length - 1] == 0xff) range.end.length--;
  if (range.end.length > 0) end[range.end.length - 1]++;
  return range;
}

static inline bool dc_next_page(dc_range *range) {
  uint8_t head[4];
  dc_put_be(head, range->limit < DC_RANGE_PAGE ? range->limit : DC_RANGE_PAGE, 2);
  dc_put_be(head + 2, range->from_length, 2);
  dc_bytes arguments[] = {{head, sizeof head}, {range->from, range->from_length}, range->end};
  dc_reply reply = dc_need(DC_RANGE, arguments, 3);
  range->at = 0;
  range->page_length = reply.status == DC_ABSENT ? 0 : reply.data.length;
  dc_copy(range->page, reply.data.data, range->page_length);
  return range->page_length > 0;
}

/* Moves to the next entry; false when there is none. */
static inline bool dc_next(dc_range *range) {
  if (range->limit == 0 || (range->at == range->page_length && !dc_next_page(range))) return range->limit = 0, false;
  const uint8_t *entry = range->page + range->at;
  range->key = (dc_bytes){entry + DC_ENTRY_HEAD, (size_t)dc_get_be(entry, 2)};
  range->value = (dc_bytes){entry + DC_ENTRY_HEAD + range->key.length, (size_t)dc_get_be(entry + 2, 4)};
  range->at += DC_ENTRY_HEAD + range->key.length + range->value.length;
  range->limit--;
  dc_copy(range->from, range->key.data, range->key.length);
  range->from[range->key.length] = 0;
  range->from_length = range->key.length + 1;
  return true;
}

#endif
