import { fromHex, type Log, type RlpItem } from "@delchain/runtime";
import { readAddress, readBytes, readHash, readList } from "../tx/rlpFields.ts";

/** `LOG0` to `LOG4`. */
const TOPICS_MAX = 4;

/** Logs as receipts hold them: `[address, [topic…], data]` each (Yellow Paper, 4.4.1). */
export function writeLogs(logs: readonly Log[]): RlpItem {
  return logs.map(({ address, topics, data }) => [fromHex(address), topics.map(fromHex), data]);
}

/** Throws `InvalidInput<InvalidField>`. What holds the logs bounds their data. */
export function readLogs(item: RlpItem | undefined, field: string, max: number): readonly Log[] {
  return readList(item, field, { max }).map((log): Log => {
    const [address, topics, data] = readList(log, `${field} entry`, 3);
    return {
      address: readAddress(address, `${field} address`),
      topics: readList(topics, `${field} topics`, { max: TOPICS_MAX }).map((topic) =>
        readHash(topic, `${field} topic`),
      ),
      data: readBytes(data, `${field} data`, Number.MAX_SAFE_INTEGER),
    };
  });
}
