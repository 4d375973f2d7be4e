import { Buffer } from "node:buffer";

/** FIN and the opcode of a text frame (RFC 6455 §5.2). */
const wholeText = 0x81;
/** Payload lengths from here on stand in two bytes, or in eight. */
const shortLength = 126;
const mediumLength = 65_536;

/** Texts as the frames of a server, which masks nothing (RFC 6455 §5.1), one after the other: they are one write. */
export function serverFrames(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const frames = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + headerOf(length) + length, 0));
  let at = 0;
  for (const [index, text] of texts.entries()) {
    const length = lengths[index] ?? 0;
    frames[at] = wholeText;
    if (length < shortLength) frames[at + 1] = length;
    else if (length < mediumLength) {
      frames[at + 1] = 126;
      frames.writeUInt16BE(length, at + 2);
    } else {
      frames[at + 1] = 127;
      frames.writeBigUInt64BE(BigInt(length), at + 2);
    }
    at += headerOf(length);
    frames.write(text, at, length, "utf8");
    at += length;
  }
  return frames;
}

function headerOf(length: number): number {
  return length < shortLength ? 2 : length < mediumLength ? 4 : 10;
}
