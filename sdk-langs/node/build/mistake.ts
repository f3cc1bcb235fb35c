/** What is wrong with a contract's source. Lines and columns count from 1. */
export type Mistake = {
  /** Path in the project. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
