/** Ends a test that did not hold. */
export class TestFailed extends Error {}
/** Ends a test whose contract ended its call. */
export class Exited extends Error {}
