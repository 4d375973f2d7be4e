/** The encodings that a file may lie in beside itself, the smallest first, with the file's ending. */
const ENCODINGS = [{ name: "br", ending: ".br" }, { name: "gzip", ending: ".gz" }] as const;

export type FileEncoding = typeof ENCODINGS[number];

/** Those that a request's `Accept-Encoding` takes (RFC 9110 §12.5.3): named, or by `*`, and not with a weight of 0. */
export function acceptedEncodings(header: string | null): readonly FileEncoding[] {
  const weights = new Map((header ?? "").split(",").map(weighed));
  return ENCODINGS.filter(({ name }) => (weights.get(name) ?? weights.get("*") ?? 0) > 0);
}

function weighed(item: string): [string, number] {
  const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return [name, weight === undefined ? 1 : Number(weight)];
}
