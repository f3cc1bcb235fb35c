/** An account's 20 bytes. The fields lie one after the other, so the object itself is the bytes. */
export class Address {
  private part0: u64 = 0;
  private part1: u64 = 0;
  private part2: u32 = 0;

  static get ZERO(): Address {
    return new Address();
  }

  /** Where the bytes lie. */
  get start(): usize {
    return changetype<usize>(this);
  }

  @operator("==") equals(other: Address): bool {
    return this.part0 == other.part0 && this.part1 == other.part1 && this.part2 == other.part2;
  }

  @operator("!=") differs(other: Address): bool {
    return !this.equals(other);
  }

  storeWord(to: usize): void {
    store<u64>(to, 0);
    store<u32>(to, 0, 8);
    store<u64>(to, this.part0, 12);
    store<u64>(to, this.part1, 20);
    store<u32>(to, this.part2, 28);
  }

  /** `false` when the twelve bytes before the address are not zero. */
  loadWord(from: usize): bool {
    this.part0 = load<u64>(from, 12);
    this.part1 = load<u64>(from, 20);
    this.part2 = load<u32>(from, 28);
    return (load<u64>(from) | load<u32>(from, 8)) == 0;
  }
}
