/** The limits of the frame protocol (PROTOCOL.md, "Limits"); consensus, because reaching one is part of a result. */

/** What a frame may measure unless the manifest says otherwise: calldata of a whole block still fits. */
export const FRAME_BYTES_DEFAULT: number = 1024 * 1024;
/** What a manifest may ask for; both ends hold one frame in memory. */
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;
/** Bounds the hashing, and how deep the order of keys gets: nine nodes a byte. */
export const KEY_BYTES_MAX = 1_024;
/** 2,049 slots, which at 22,100 gas a slot is 45 million gas: one value never costs more than a transaction's cap. */
export const VALUE_BYTES_MAX: number = 64 * 1024;
/** A bound of a `range`: a key and a zero byte is the first bound behind that key. */
export const BOUND_BYTES_MAX: number = KEY_BYTES_MAX + 1;
/** Entries of one `range`. Each costs two slots and more, so gas bounds most answers before. */
export const RANGE_ENTRIES_MAX = 1_024;
/** What one `range` answers with: its lengths, and the longest key and value, so that any entry fits. */
export const RANGE_BYTES_MAX: number = 6 + KEY_BYTES_MAX + VALUE_BYTES_MAX;
/** LOG0 to LOG4. */
export const LOG_TOPICS_MAX = 4;
/** Log data of one call, all logs together. */
export const LOG_BYTES_MAX: number = 1024 * 1024;
export const LOGS_MAX = 1_024;
/** At 25 µs a round trip this is 1.6 s, the order of a wall limit; gas ends most calls far earlier. */
export const HOST_CALLS_MAX = 65_536;
/** How often a program without gas may still ask before it is killed. */
export const STOPS_MAX = 16;
/** An output goes into a certificate, and that into a block. */
export const OUTPUT_BYTES_MAX: number = 64 * 1024;
/** Debug text of one call that is handed to the log; what exceeds it is dropped. */
export const DEBUG_BYTES_MAX: number = 64 * 1024;
/** Messages that one call may send: 1,024 calls of a batch stay below what MESSAGES holds. */
export const SENDS_MAX = 16;
/** Data of one message, as MESSAGES has it. */
export const MESSAGE_BYTES_MAX = 4_096;
/** Gas of a message or of its callback, as MESSAGES has it. */
export const MESSAGE_GAS_MAX: bigint = 2n ** 24n;
/** Messages in a row, each sent in the one before. */
export const HOPS_MAX = 32;
/** Functions of one manifest whose outputs need not be identical. */
export const OUTPUTS_MAX = 32;
/** Return values of one function that must be equal where not all must. */
export const FIELDS_MAX = 16;
/** Calldata of a call whose numbers are aggregated: `settle` is a message and gets it again, beside its own arguments. */
export const MEDIAN_INPUT_BYTES_MAX = 2_048;
