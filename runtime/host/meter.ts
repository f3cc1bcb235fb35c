/** 1 gas is 10,000 ink (Stylus), so that one WebAssembly instruction has a whole price. */
export const INK_PER_GAS = 10_000;

/** Thrown through a tier's code when its gas is gone; the tier's executor turns it into a halt. */
export class OutOfGas extends Error {
  override readonly name = "OutOfGas";
}

/**
 * The gas of one frame, in ink. A plain number is exact here: a frame has at most 2^53 / 10,000 gas, and
 * the chain spec caps a transaction far below (2^26).
 */
export class GasMeter {
  #ink: number;

  constructor(gas: number) {
    this.#ink = gas * INK_PER_GAS;
  }

  /** Whole gas left. */
  get gas(): number {
    return Math.floor(this.#ink / INK_PER_GAS);
  }

  get ink(): number {
    return this.#ink;
  }

  /** What a guest that counts its own instructions has left; never more than before. */
  set ink(left: number) {
    if (left < 0 || left > this.#ink)
      throw new RangeError(`ink may only shrink: ${this.#ink} to ${left}`);
    this.#ink = left;
  }

  /** Throws `OutOfGas` and leaves nothing when the frame cannot pay. */
  charge(gas: number): void {
    this.chargeInk(gas * INK_PER_GAS);
  }

  chargeInk(ink: number): void {
    if (ink > this.#ink) {
      this.#ink = 0;
      throw new OutOfGas("the frame's gas is used up");
    }
    this.#ink -= ink;
  }

  /** Gas that a nested call gave back. */
  giveBack(gas: number): void {
    this.#ink += gas * INK_PER_GAS;
  }
}
