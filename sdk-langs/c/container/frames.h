/* Frames: u32 length | u8 type | u64 exchange | body (PROTOCOL.md, "Frame"). */
#ifndef DC_FRAMES_H
#define DC_FRAMES_H

#include "types.h"

/* The protocol's FRAME_BYTES_DEFAULT; define it higher where the manifest does. */
#ifndef DC_FRAME_BYTES
#define DC_FRAME_BYTES (1024 * 1024)
#endif

enum { DC_HELLO = 1, DC_CALL = 2, DC_HOSTCALL = 3, DC_HOSTREPLY = 4, DC_RESULT = 5, DC_TRAP = 6 };
enum { DC_SUCCESS = 0, DC_REVERT = 1 };
enum { DC_TRAP_SIGNAL = 1, DC_TRAP_EXIT = 2, DC_TRAP_START = 3 };
/* Exit statuses when the host breaks the protocol or the stream: seen in the container's state only. */
enum { DC_EXIT_STREAM = 70, DC_EXIT_PROTOCOL = 71 };

#define DC_LENGTH_BYTES 4
/* Type and exchange, the part of `length` that is no body. */
#define DC_HEADER_BYTES 9
/* What was deferred, the header, an operation, a key's length, a key and a value. */
#define DC_PARTS_MAX 6

typedef struct {
  int type;
  uint64_t exchange;
  const uint8_t *body;
  size_t length;
} dc_frame;

static void dc_write_all(dc_bytes *parts, int count) {
  while (count > 0) {
    long written = dc_write(dc_channel_out, parts, count);
    if (written < 0) dc_exit(DC_EXIT_STREAM);
    while (count > 0 && (size_t)written >= parts->length) {
      written -= (long)parts->length;
      parts++;
      count--;
    }
    if (count > 0) {
      parts->data = (const uint8_t *)parts->data + written;
      parts->length -= (size_t)written;
    }
  }
}

/* A frame's first bytes, before a body of this length. */
static void dc_put_header(uint8_t *header, int type, uint64_t exchange, size_t body_length) {
  if (body_length > DC_FRAME_BYTES - DC_HEADER_BYTES) dc_exit(DC_EXIT_PROTOCOL);
  dc_put_be(header, DC_HEADER_BYTES + body_length, 4);
  header[4] = (uint8_t)type;
  dc_put_be(header + 5, exchange, 8);
}

/* Sends whole frames that were put together before, and a frame whose body is the parts, at most DC_PARTS_MAX - 2. */
static void dc_send_behind(dc_bytes before, int type, uint64_t exchange, const dc_bytes *body, int count) {
  uint8_t header[DC_LENGTH_BYTES + DC_HEADER_BYTES];
  dc_bytes parts[DC_PARTS_MAX] = {before, {header, sizeof header}};
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    parts[i + 2] = body[i];
    length += body[i].length;
  }
  dc_put_header(header, type, exchange, length);
  bool is_first = before.length == 0;
  dc_write_all(parts + is_first, count + 2 - is_first);
}

static void dc_send(int type, uint64_t exchange, const dc_bytes *body, int count) {
  dc_send_behind((dc_bytes){0, 0}, type, exchange, body, count);
}

static void dc_hello(uint64_t exchange) {
  static const uint8_t version[2] = {0, 1};
  dc_send(DC_HELLO, exchange, &(dc_bytes){version, sizeof version}, 1);
}

/*
 * Receives the frame that the buffer begins with, of which `*have` bytes are there already. One read may take more than
 * the frame: `*have` says how much lies in the buffer then. The end of the stream is the end of the program.
 */
static dc_frame dc_receive_first(uint8_t *buffer, size_t capacity, size_t *have) {
  size_t need = DC_LENGTH_BYTES;
  for (;;) {
    if (*have >= DC_LENGTH_BYTES) {
      uint64_t length = dc_get_be(buffer, 4);
      if (length < DC_HEADER_BYTES || length > capacity - DC_LENGTH_BYTES) dc_exit(DC_EXIT_PROTOCOL);
      need = DC_LENGTH_BYTES + (size_t)length;
      if (*have >= need) break;
    }
    long got = dc_read(dc_channel_in, buffer + *have, capacity - *have);
    if (got == 0 && *have == 0) dc_exit(0);
    if (got <= 0) dc_exit(DC_EXIT_STREAM);
    *have += (size_t)got;
  }
  size_t start = DC_LENGTH_BYTES + DC_HEADER_BYTES;
  return (dc_frame){buffer[4], dc_get_be(buffer + 5, 8), buffer + start, need - start};
}

/* Receives one frame that the host sends no other behind: bytes beyond it break the protocol. */
static dc_frame dc_receive(uint8_t *buffer, size_t capacity) {
  size_t have = 0;
  dc_frame frame = dc_receive_first(buffer, capacity, &have);
  if (have != DC_LENGTH_BYTES + DC_HEADER_BYTES + frame.length) dc_exit(DC_EXIT_PROTOCOL);
  return frame;
}

#endif
