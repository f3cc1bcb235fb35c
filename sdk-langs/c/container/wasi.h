/*
 * The stream on WASI (preview 1): descriptors 0 and 1, one call a process. The environment need not be asked, and
 * nothing else can write to descriptor 1, because there is no libc.
 */
#ifndef DC_WASI_H
#define DC_WASI_H

#include "types.h"

#define DC_WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

DC_WASI("fd_read") int dc_wasi_read(int descriptor, const dc_bytes *parts, size_t count, size_t *got);
DC_WASI("fd_write") int dc_wasi_write(int descriptor, const dc_bytes *parts, size_t count, size_t *written);
DC_WASI("proc_exit") DC_NORETURN void dc_exit(int status);

static const int dc_channel_in = 0, dc_channel_out = 1;

/* Bytes got, 0 at the end, below zero for an error. */
static inline long dc_read(int descriptor, void *to, size_t length) {
  dc_bytes part = {to, length};
  size_t got = 0;
  return dc_wasi_read(descriptor, &part, 1, &got) == 0 ? (long)got : -1;
}

static inline long dc_write(int descriptor, const dc_bytes *parts, int count) {
  size_t written = 0;
  return dc_wasi_write(descriptor, parts, (size_t)count, &written) == 0 ? (long)written : -1;
}

#endif
