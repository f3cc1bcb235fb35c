/** A line on the terminal that is written over and leaves nothing behind; a file gets none. */
export type ProgressLine = {
  readonly show: (text: string) => void;
  readonly end: () => void;
};

export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  if (stream.isTTY !== true) return { show: () => undefined, end: () => undefined };
  return {
    show: (text) => void stream.write(`\r\x1b[K${text} …`),
    end: () => void stream.write("\r\x1b[K"),
  };
}
