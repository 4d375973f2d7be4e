const largest = 1_500_000;
/** The bits per second of a camera's layers where its sender doesn't say them, the largest layer last. */
const usualBitrates = [150_000, 500_000, largest];

/** The most bits per second of each layer of a picture, the smallest layer first. */
export function bitratesOf(encodings: readonly { readonly maxBitrate?: number }[]): number[] {
  return encodings.map(({ maxBitrate }, layer) => maxBitrate ?? usualBitrate(layer, encodings.length));
}

/** What a layer of so many usually takes. */
export function usualBitrate(layer: number, layers: number): number {
  return usualBitrates.slice(-layers)[layer] ?? largest;
}
