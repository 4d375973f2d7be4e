/** The bits per second of a camera's layers where its sender doesn't say them, the largest layer last. */
const usualBitrates = [150_000, 500_000, 1_500_000];

/** The most bits per second of each layer of a picture, the smallest layer first. */
export function bitratesOf(encodings: readonly { readonly maxBitrate?: number }[]): number[] {
  const usual = usualBitrates.slice(-encodings.length);
  return encodings.map(({ maxBitrate }, index) => maxBitrate ?? usual[index] ?? 0);
}
