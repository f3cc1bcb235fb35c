import { keccak256 } from "@delchain/runtime";
import { quantityHex } from "../format.ts";
import { type MethodTable, method } from "../method.ts";
import { bytes } from "../params.ts";

/** `net`, `web3`, `txpool` and `rpc`: about the node itself. */
export const NODE_METHODS: MethodTable = {
  // A decimal string, unlike `eth_chainId`.
  net_version: method([], ({ backend }) => `${backend.chainId}`),
  net_listening: method([], () => true),
  net_peerCount: method([], ({ backend }) => quantityHex(backend.peerCount())),

  web3_clientVersion: method([], ({ backend }) => backend.clientVersion),
  web3_sha3: method([bytes("data")], (_, data) => keccak256(data)),

  txpool_status: method([], ({ backend }) => {
    const { pending, queued } = backend.mempoolStatus();
    return { pending: quantityHex(pending), queued: quantityHex(queued) };
  }),

  rpc_modules: method([], () => ({
    del: "1.0",
    eth: "1.0",
    net: "1.0",
    rpc: "1.0",
    txpool: "1.0",
    web3: "1.0",
  })),
};
