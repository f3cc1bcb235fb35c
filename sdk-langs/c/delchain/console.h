/* For the developer's eyes, in a debug build on a devnet; other builds have none of it, because no other chain takes it. */
#ifndef DELCHAIN_CONSOLE_H
#define DELCHAIN_CONSOLE_H

#include "value.h"

#ifdef DC_DEBUG_BUILD
__attribute__((import_module("console"), import_name("log_txt"))) extern void vm_log_txt(const void *text, size_t length);
__attribute__((import_module("console"), import_name("log_i64"))) extern void vm_log_i64(uint64_t value);
static inline void dc_debug(dc_bytes text) { vm_log_txt(text.data, text.length); }
static inline void dc_debug_u64(uint64_t value) { vm_log_i64(value); }
#else
static inline void dc_debug(dc_bytes text) { (void)text; }
static inline void dc_debug_u64(uint64_t value) { (void)value; }
#endif

#endif
