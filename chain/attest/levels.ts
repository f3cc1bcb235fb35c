/**
 * How widely a batch is judged (design, section 5): by a few who must all agree, by many or by the whole class, of
 * whom more than two thirds must.
 */
export type Level = "fast" | "strong" | "all";

/** Each asks at least as many hosts as the one before it. */
export const LEVELS: readonly Level[] = ["fast", "strong", "all"];

/** Members that each level asks where a class has enough hosts. */
export type CommitteeSizes = Readonly<Record<Level, number>>;

/** How many of a committee must say the same. */
export function quorumOf(level: Level, size: number): number {
  return level === "fast" ? size : Math.floor((2 * size) / 3) + 1;
}

/**
 * The levels that a contract's batches may go through, from `first` on. A level that would ask as many hosts for as
 * many equal words as the one before it decides nothing new, and is left out: two hosts have one level, five have two.
 */
export function levelsOf(
  hosts: number,
  sizes: CommitteeSizes,
  first: Level,
): readonly { readonly level: Level; readonly size: number; readonly quorum: number }[] {
  const levels = LEVELS.slice(LEVELS.indexOf(first)).map((level) => {
    const size = Math.min(hosts, sizes[level]);
    return { level, size, quorum: quorumOf(level, size) };
  });
  return levels.filter(({ size, quorum }, i) => {
    const before = levels[i - 1];
    return size > 0 && (before?.size !== size || before.quorum !== quorum);
  });
}

/** Whether so few hosts serve a class that its results are shown as `attested: weak`. */
export function isWeak(hosts: number, sizes: CommitteeSizes): boolean {
  return hosts < sizes.fast;
}
