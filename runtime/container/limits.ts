/** The limits of the frame protocol (PROTOCOL.md, "Limits"); consensus, because reaching one is part of a result. */

/** What a frame may measure unless the manifest says otherwise: calldata of a whole block still fits. */
export const FRAME_BYTES_DEFAULT: number = 1024 * 1024;
/** What a manifest may ask for; both ends hold one frame in memory. */
export const FRAME_BYTES_MAX: number = 16 * 1024 * 1024;
/** A key is hashed, never stored, so this only bounds the hashing. */
export const KEY_BYTES_MAX = 1_024;
/** 2,049 slots, which at 22,100 gas a slot is 45 million gas: one value never costs more than a transaction's cap. */
export const VALUE_BYTES_MAX: number = 64 * 1024;
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
