/** A canonical bitmap: one bit a member, lowest bit first, no spare bytes and no bits beyond the committee. */
export function encodeSigners(members: readonly number[], size: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(size / 8));
  for (const member of members) {
    if (member < 0 || member >= size) throw new RangeError(`member ${member} of ${size}`);
    bitmap[member >> 3] = (bitmap[member >> 3] as number) | (1 << (member & 7));
  }
  return bitmap;
}

/** The members of a bitmap, ascending; `undefined` when it is not canonical for the committee's size. */
export function decodeSigners(bitmap: Uint8Array, size: number): readonly number[] | undefined {
  if (bitmap.length !== Math.ceil(size / 8)) return undefined;
  const members: number[] = [];
  for (let member = 0; member < bitmap.length * 8; member++) {
    if (((bitmap[member >> 3] as number) & (1 << (member & 7))) === 0) continue;
    if (member >= size) return undefined;
    members.push(member);
  }
  return members;
}
