/* What a contract declares: methods, events, errors. The build reads the signatures and checks selectors and topics. */
#ifndef DC_METHOD_H
#define DC_METHOD_H

#include "abi.h"

/* An event's first topic by name; the same digits as in the WebAssembly tier, where they are a number. */
#define DC_EVENT(name, topic, signature)                            \
  static const char name[] = #topic;                                \
  _Static_assert(sizeof name == 67, "a topic is 0x and 64 digits");
/* The first topic of an event, for `dc_open_event`. */
#define DC_TOPIC(event) dc_topic(event)
/* A custom error's selector by name. */
#define DC_ERROR(name, selector, signature) enum { name = (selector) };

/* DC_EMIT(3, TRANSFER, dc_word(from), dc_word(to), amount): so many topics, the rest is the data. */
#define DC_EMIT(topics, event, ...)                                      \
  dc_emit_words((topics), (const u256[]){DC_TOPIC(event), __VA_ARGS__}, \
                sizeof((const u256[]){DC_TOPIC(event), __VA_ARGS__}) / sizeof(u256))

/* DC_REVERT_ERROR(POOR, dc_word(who), have): a custom error with at least one argument. */
#define DC_REVERT_ERROR(selector, ...)                     \
  dc_revert_words((selector), (const u256[]){__VA_ARGS__}, \
                  sizeof((const u256[]){__VA_ARGS__}) / sizeof(u256))

/* A method: its selector, the function that runs, its signature for the build, which checks the selector. */
#define DC_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {              \
    dc_refuse_value();                          \
    handler();                                  \
    dc_finish();                                \
  }
/* What it stores or emits reverts; the build refuses one that plainly does. */
#define DC_VIEW_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {                   \
    dc_refuse_value();                               \
    dc_is_view = true;                               \
    handler();                                       \
    dc_finish();                                     \
  }
#define DC_PAYABLE_METHOD(selector, handler, signature) \
  if (dc_selector == (selector)) {                      \
    handler();                                          \
    dc_finish();                                        \
  }
/* Takes empty calldata, with value or without. */
#define DC_RECEIVE(handler)      \
  if (dc_input().length == 0) {  \
    handler();                   \
    dc_finish();                 \
  }
/* Takes every call that no method before it took. */
#define DC_FALLBACK(handler) \
  {                          \
    handler();               \
    dc_finish();             \
  }
/*
 * Runs once, before anything else in the contract; `dc_inputs` and `dc_arg_…` read the arguments of its creation. The
 * host calls it by the selector of delchain_constructor(), and nobody else can.
 */
#define DC_CONSTRUCTOR_SELECTOR 0x8fd5c432
/* Tentative: a contract that has a constructor defines it. */
static void (*dc_constructor)(void);
#define DC_PAYABLE_CONSTRUCTOR(handler, signature) static void (*dc_constructor)(void) = (handler);
#define DC_CONSTRUCTOR(handler, signature) \
  static void dc_construct(void) {         \
    dc_refuse_value();                     \
    handler();                             \
  }                                        \
  DC_PAYABLE_CONSTRUCTOR(dc_construct, signature)

/* Calls to a container run one after another to their ends, so no method is ever open twice. */
static inline void dc_refuse_reentry(void) {}

/* The contract: its methods, tried in order. */
#define DC_CONTRACT(...)                            \
  DC_NORETURN static void dc_run(void) {            \
    const int64_t dc_selector = dc_read_selector(); \
    if (dc_selector == DC_CONSTRUCTOR_SELECTOR) {   \
      if (dc_constructor == 0) dc_revert_empty();   \
      dc_constructor();                             \
      dc_finish();                                  \
    }                                               \
    __VA_ARGS__                                     \
    dc_revert_empty();                              \
  }

#endif
