import { DEVNET_HOST_OWNERS, devnetHostSecret } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { LocalMember } from "./attester.ts";

/** A devnet runs every host of its spec on this machine, each a replica of its own. */
export function devnetMembers(spec: ChainSpec): readonly LocalMember[] {
  return spec.hosts.map((host, replica) => {
    const owner = DEVNET_HOST_OWNERS.find(({ address }) => address === host.payout);
    return { host, replica, secret: devnetHostSecret(replica), ...(owner && { owner }) };
  });
}
