import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

/** Smaller files fit into one packet as they are. */
const LEAST_BYTES = 1_024;

/** Texts; pictures and fonts are compressed already. */
const TEXTS = /\.(js|css|svg|json|html)$/;

const compressions = [["br", promisify(brotliCompress)], ["gz", promisify(gzip)]] as const;

/** Writes beside each larger text what a browser may be sent in its place: `NAME.br` (RFC 7932) and `NAME.gz` (RFC 1952). */
export async function compressFiles(files: readonly string[]): Promise<void> {
  for (const file of files.filter((name) => TEXTS.test(name))) {
    const content = await Deno.readFile(file);
    if (content.length < LEAST_BYTES) continue;
    for (const [ending, compress] of compressions) {
      await Deno.writeFile(`${file}.${ending}`, await compress(content));
    }
  }
}
