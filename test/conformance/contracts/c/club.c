#include "contract.h"

/* Club.sol in C, one source for both tiers. */

/* Packed in slot 0, from its low end. */
#define OWNER 0, 20
#define MEMBERS 20, 8
#define IS_OPEN 28, 1
#define TAG 29, 3
/* Packed in slot 7. */
#define LOW 0, 2
#define FUND 2, 16
#define RANK_BYTES 3

DC_VALUE(state, 0)
DC_VALUE(name, 1)
DC_ADDRESS_MAPPING(scores, 2)
DC_VALUE(history, 3)
DC_VALUE(ranks, 4)
DC_VALUE(notes, 5)
DC_U256_MAPPING(documents, 6)
DC_VALUE(money, 7)

DC_EVENT(OPENED, 0xfef8e7127d361e4cce9d2bf164ee6207a9c5f82208611d02abb48ce161f027d9,
         "event Opened(address indexed owner, string name, bytes3 tag)")
DC_EVENT(SCORED, 0xe49af9cdff80d7209d8cc4ae317f8fa4c75cca61cfa3cec36072bc7fbaf8edb2,
         "event Scored(address indexed who, string indexed topic, string text, int256 change, int256 total)")
DC_EVENT(NOTED, 0x99adc8442092003b85d3ec2e195531d0117dfb73c9616b4343fa266583fe5066,
         "event Noted(uint256 indexed index, string note, uint24[] ranks)")
DC_ERROR(CLOSED, 0x1cdde67b, "error Closed()")
DC_ERROR(NOT_OWNER, 0x23295f0e, "error NotOwner(address caller, address owner)")
DC_ERROR(TOO_LOW, 0xe59b81e5, "error TooLow(address who, string topic, int256 total)")

static void open_club(void) {
  dc_decoder in = dc_inputs();
  dc_bytes text = dc_decode_bytes(&in);
  bytes32 tag = dc_decode_fixed(&in, 3);
  dc_require(dc_is_zero(dc_load_packed(state(), IS_OPEN)), "already open");
  dc_store_packed(state(), OWNER, dc_word(dc_sender()));
  dc_store_packed(state(), IS_OPEN, dc_u256(1));
  dc_store_bytes(name(), text);
  dc_store_fixed(state(), TAG, tag);
  dc_event opened = dc_open_event(DC_TOPIC(OPENED), 2);
  dc_topic_address(&opened, dc_sender());
  dc_encode_bytes(&opened.data, text);
  dc_encode_fixed(&opened.data, tag);
  dc_emit_event(&opened);
}

static void join(void) {
  dc_encoder closed = dc_encode_selector(CLOSED, 0);
  if (dc_is_zero(dc_load_packed(state(), IS_OPEN))) dc_revert_encoded(&closed);
  u256 members = dc_add(dc_load_packed(state(), MEMBERS), dc_u256(1));
  dc_store_packed(state(), MEMBERS, dc_narrow(members, 64));
  u256 fund = dc_add(dc_load_packed(money(), FUND), dc_value());
  dc_store_packed(money(), FUND, dc_narrow(fund, 128));
}

static void score_one(address who, dc_bytes topic, u256 change) {
  dc_slot entry = dc_slot_of_bytes(scores(who), topic);
  u256 total = dc_signed_add(dc_load(entry), change);
  if (dc_signed_compare(total, dc_signed(-1000)) < 0) {
    dc_encoder error = dc_encode_selector(TOO_LOW, 3);
    dc_encode_address(&error, who);
    dc_encode_bytes(&error, topic);
    dc_encode_u256(&error, total);
    dc_revert_encoded(&error);
  }
  dc_store(entry, total);
  if (dc_signed_compare(total, dc_load_packed_signed(money(), LOW)) < 0) dc_store_packed(money(), LOW, total);
  dc_event scored = dc_open_event(DC_TOPIC(SCORED), 3);
  dc_topic_address(&scored, who);
  dc_topic_bytes(&scored, topic);
  dc_encode_bytes(&scored.data, topic);
  dc_encode_u256(&scored.data, change);
  dc_encode_u256(&scored.data, total);
  dc_emit_event(&scored);
}

static void score(void) {
  dc_decoder in = dc_inputs();
  size_t people, count;
  dc_decoder who = dc_decode_array(&in, 1, &people);
  dc_bytes topic = dc_decode_bytes(&in);
  dc_decoder changes = dc_decode_array(&in, 1, &count);
  address owner = dc_to_address(dc_load_packed(state(), OWNER));
  if (!dc_same(dc_sender(), owner)) DC_REVERT_ERROR(NOT_OWNER, dc_word(dc_sender()), dc_word(owner));
  dc_require(people == count, "one change for each");
  for (size_t i = 0; i < count; i++) {
    address one = dc_decode_address(&who);
    score_one(one, topic, dc_decode_u256(&changes));
  }
}

static void record(void) { dc_store(dc_array_push(history(), 1), dc_arg_u256(0)); }
static void forget(void) { dc_array_pop(history()); }
static void amend(void) { dc_store(dc_array_at(history(), dc_index(dc_arg_u256(0)), 1), dc_arg_u256(1)); }

static void rank(void) {
  dc_decoder in = dc_inputs();
  size_t count;
  dc_decoder values = dc_decode_array(&in, 1, &count);
  for (size_t i = 0; i < count; i++) dc_packed_push(ranks(), RANK_BYTES, dc_decode_uint(&values, 24));
}
static void unrank(void) { dc_packed_pop(ranks(), RANK_BYTES); }
static void rerank(void) {
  dc_decoder in = dc_inputs();
  u256 index = dc_decode_u256(&in), value = dc_decode_uint(&in, 24);
  dc_packed_store(dc_packed_at(ranks(), dc_index(index), RANK_BYTES), value);
}

static void encode_ranks(dc_encoder *out) {
  uint64_t count = dc_array_length(ranks());
  dc_encoder list = dc_encode_array(out, (size_t)count, 1);
  for (uint64_t i = 0; i < count; i++) dc_encode_u256(&list, dc_packed_load(dc_packed_at(ranks(), i, RANK_BYTES)));
}

static void note(void) {
  dc_bytes text = dc_arg_bytes(0);
  dc_store_bytes(dc_array_push(notes(), 1), text);
  dc_event noted = dc_open_event(DC_TOPIC(NOTED), 2);
  dc_topic_u256(&noted, dc_u256(dc_array_length(notes()) - 1));
  dc_encode_bytes(&noted.data, text);
  encode_ranks(&noted.data);
  dc_emit_event(&noted);
}
static void edit_note(void) {
  dc_bytes text = dc_arg_bytes(1);
  dc_store_bytes(dc_array_at(notes(), dc_index(dc_arg_u256(0)), 1), text);
}
static void drop_note(void) {
  uint64_t count = dc_array_length(notes());
  if (count > 0) dc_store_bytes(dc_array_at(notes(), count - 1, 1), DC_STRING(""));
  dc_array_pop(notes());
}

static void file(void) { dc_store_bytes(documents(dc_arg_u256(0)), dc_arg_bytes(1)); }

static void summary(void) {
  dc_encoder out = dc_encode(7);
  dc_encode_u256(&out, dc_load_packed(state(), OWNER));
  dc_encode_u256(&out, dc_load_packed(state(), MEMBERS));
  dc_encode_u256(&out, dc_load_packed(state(), IS_OPEN));
  dc_encode_fixed(&out, dc_load_fixed(state(), TAG));
  dc_encode_bytes(&out, dc_load_bytes(name()));
  dc_encode_u256(&out, dc_load_packed_signed(money(), LOW));
  dc_encode_u256(&out, dc_load_packed(money(), FUND));
  dc_result_encoded(&out);
}

static void score_of(void) { dc_result_u256(dc_load(dc_slot_of_bytes(scores(dc_arg_address(0)), dc_arg_bytes(1)))); }

static void all(void) {
  dc_encoder out = dc_encode(3);
  uint64_t count = dc_array_length(history());
  dc_encoder list = dc_encode_array(&out, (size_t)count, 1);
  for (uint64_t i = 0; i < count; i++) dc_encode_u256(&list, dc_load(dc_array_at(history(), i, 1)));
  encode_ranks(&out);
  count = dc_array_length(notes());
  dc_encoder texts = dc_encode_array(&out, (size_t)count, 1);
  for (uint64_t i = 0; i < count; i++) dc_encode_bytes(&texts, dc_load_bytes(dc_array_at(notes(), i, 1)));
  dc_result_encoded(&out);
}

static void document(void) { dc_result_bytes(dc_load_bytes(documents(dc_arg_u256(0)))); }

static void unsigned_math(void) {
  u256 a = dc_arg_u256(0), b = dc_arg_u256(1);
  dc_encoder out = dc_encode(3);
  dc_encode_u256(&out, dc_mul(a, b));
  dc_encode_u256(&out, dc_div(a, b));
  dc_encode_u256(&out, dc_mod(a, b));
  dc_result_encoded(&out);
}

static void signed_math(void) {
  u256 a = dc_arg_u256(0), b = dc_arg_u256(1);
  dc_encoder out = dc_encode(4);
  dc_encode_u256(&out, dc_signed_sub(a, b));
  dc_encode_u256(&out, dc_signed_mul(a, b));
  dc_encode_u256(&out, dc_signed_div(a, b));
  dc_encode_u256(&out, dc_signed_mod(a, b));
  dc_result_encoded(&out);
}

DC_CONTRACT(
  DC_METHOD(0x5f324ab0, open_club, "function open(string name, bytes3 tag)")
  DC_PAYABLE_METHOD(0xb688a363, join, "function join() payable")
  DC_METHOD(0x908cbc29, score, "function score(address[] who, string topic, int256[] changes)")
  DC_METHOD(0x2c16cd8a, record, "function record(uint256 value)")
  DC_METHOD(0xa3738a8c, forget, "function forget()")
  DC_METHOD(0x31c480a1, amend, "function amend(uint256 index, uint256 value)")
  DC_METHOD(0x73f2eda8, rank, "function rank(uint24[] values)")
  DC_METHOD(0x939679ea, unrank, "function unrank()")
  DC_METHOD(0x55178696, rerank, "function rerank(uint256 index, uint24 value)")
  DC_METHOD(0x1b352c43, note, "function note(string text)")
  DC_METHOD(0x65bed09a, edit_note, "function editNote(uint256 index, string text)")
  DC_METHOD(0x168d1985, drop_note, "function dropNote()")
  DC_METHOD(0x6322be99, file, "function file(bytes32 id, bytes data)")
  DC_VIEW_METHOD(0xb16a867c, summary, "function summary() view returns (address, uint64, bool, bytes3, string, int16, uint128)")
  DC_VIEW_METHOD(0x03d1909a, score_of, "function scoreOf(address who, string topic) view returns (int256)")
  DC_VIEW_METHOD(0x10c4e8b0, all, "function all() view returns (uint256[], uint24[], string[])")
  DC_VIEW_METHOD(0xa51ec3bf, document, "function document(bytes32 id) view returns (bytes)")
  DC_VIEW_METHOD(0x7f157e47, unsigned_math, "function unsignedMath(uint256 a, uint256 b) view returns (uint256, uint256, uint256)")
  DC_VIEW_METHOD(0xd1a28956, signed_math, "function signedMath(int256 a, int256 b) view returns (int256, int256, int256, int256)")
)
