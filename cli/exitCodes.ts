/** What the shell is told. */
export const EXIT: {
  readonly ok: 0;
  readonly failed: 1;
  readonly usage: 2;
  readonly unavailable: 69;
} = {
  ok: 0,
  /** The command ran, and its answer is no. */
  failed: 1,
  /** The command line made no sense (also what commander uses). */
  usage: 2,
  /** Something that it needs is not there: sysexits' EX_UNAVAILABLE. */
  unavailable: 69,
};
