import type {
  ContainerDriver,
  Determinism,
  ImageDigest,
  Isolation,
  Platform,
} from "../container/driver.ts";
import { Unavailable } from "../types/errors.ts";

/** A driver that a machine may have, and how to get hold of it. */
export type DriverOffer = {
  readonly name: string;
  readonly platform: Platform;
  /** Throws `Unavailable`, which says what is missing and the command that gets it. */
  readonly open: () => Promise<ContainerDriver>;
};

/** Whether a driver runs here; `trouble` is empty when it does, else says why not and what to do. */
export type DriverStatus = {
  readonly name: string;
  readonly platform: Platform;
  readonly trouble: string;
};

/** What a contract needs of a driver. */
export type DriverNeed = {
  readonly platform: Platform;
  readonly isolation: Isolation;
  readonly determinism: Determinism;
  readonly image: ImageDigest;
};

/**
 * The drivers of this machine in the order they are preferred, each opened when first needed. One that could not be
 * opened is tried again the next time, so an engine that is started later is found.
 */
export class DriverSet {
  readonly #offers: readonly DriverOffer[];
  readonly #open = new Map<string, Promise<ContainerDriver>>();

  constructor(offers: readonly DriverOffer[]) {
    this.#offers = offers;
  }

  /** All drivers that run here now. */
  async available(): Promise<readonly ContainerDriver[]> {
    const opened = await Promise.all(
      this.#offers.map((offer) => this.#driver(offer).catch(() => undefined)),
    );
    return opened.filter((driver) => driver !== undefined);
  }

  async status(): Promise<readonly DriverStatus[]> {
    return Promise.all(
      this.#offers.map(async (offer) => {
        const trouble = await this.#driver(offer).then(
          () => "",
          (error: unknown) => (error as Error).message,
        );
        return { name: offer.name, platform: offer.platform, trouble };
      }),
    );
  }

  /** The first driver that can run it. Throws `Unavailable` with the reason of each that cannot. */
  async choose({ platform, isolation, determinism, image }: DriverNeed): Promise<ContainerDriver> {
    const reasons: string[] = [];
    for (const offer of this.#offers) {
      if (offer.platform !== platform) continue;
      try {
        const driver = await this.#driver(offer);
        if (!driver.gives.isolations.includes(isolation)) {
          reasons.push(`${offer.name} gives no isolation ${isolation}`);
        } else if (!driver.gives.determinisms.includes(determinism)) {
          reasons.push(`${offer.name} gives no determinism ${determinism}`);
        } else if (await driver.hasImage(image)) return driver;
        else reasons.push(`${offer.name} has no image ${image}. Try: npm run images`);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        reasons.push(`${offer.name}: ${error.message}`);
      }
    }
    const why = reasons.length === 0 ? "this node has no driver for it" : reasons.join("; ");
    throw new Unavailable("manager", `nothing here runs ${platform}: ${why}`);
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    await Promise.all(
      opened.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)),
    );
  }

  #driver(offer: DriverOffer): Promise<ContainerDriver> {
    const known = this.#open.get(offer.name);
    if (known !== undefined) return known;
    const opening = Promise.resolve().then(offer.open);
    this.#open.set(offer.name, opening);
    opening.catch(() => this.#open.delete(offer.name));
    return opening;
  }
}
