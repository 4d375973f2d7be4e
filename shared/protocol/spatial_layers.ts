interface Encoded {
  readonly encodings?: readonly { readonly scalabilityMode?: string }[];
}

/** How many spatial layers a stream has: its simulcast encodings, or those of its only encoding's scalability mode. */
export function spatialLayersOf({ encodings = [] }: Encoded): number {
  const [only, ...more] = encodings;
  if (more.length > 0) return encodings.length;
  const [, layers = "1"] = /^[LS](\d{1,2})T/.exec(only?.scalabilityMode ?? "") ?? [];
  return Math.max(1, Number(layers));
}
