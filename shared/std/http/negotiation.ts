/** One element of an `Accept…` header. */
interface Preference {
  /** The media range or the coding, in lower case, with the parameters of a media range. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** The weight, 0 to 1. */
  readonly q: number;
  readonly index: number;
}

interface Ranked {
  readonly name: string;
  readonly q: number;
  readonly specificity: number;
  readonly index: number;
  readonly order: number;
}

const unquote = (text: string) => text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;

/** Splits at a separator outside of quotes. */
function split(text: string, separator: "," | ";"): string[] {
  const parts = text.match(
    separator === "," ? /(?:"[^"]*"|[^,"])+/g : /(?:"[^"]*"|[^;"])+/g,
  ) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function parse(header: string): { preference: Preference; text: string }[] {
  return split(header, ",").map((element, index) => {
    const [value = "", ...rest] = split(element, ";");
    const parameters = new Map<string, string>();
    let q = 1;
    for (const parameter of rest) {
      const [key = "", ...parts] = parameter.split("=");
      const name = key.trim().toLowerCase();
      const content = unquote(parts.join("=").trim());
      // What follows the weight belongs to Accept's extensions, not to the media range.
      if (name === "q") {
        q = Number(content);
        break;
      }
      parameters.set(name, content);
    }
    const text = [
      value,
      ...[...parameters].map(([key, content]) => `${key}=${content}`),
    ].join(";");
    return {
      preference: {
        value: value.toLowerCase(),
        parameters,
        q: Number.isNaN(q) ? 0 : q,
        index,
      },
      text,
    };
  });
}

function byRank(a: Ranked, b: Ranked): number {
  return b.q - a.q || b.specificity - a.specificity || a.order - b.order ||
    a.index - b.index;
}

/** The names that the client accepts at all, the best first. */
function accepted(ranked: Ranked[]): string[] {
  return ranked.filter(({ q }) => q > 0).sort(byRank).map(({ name }) => name);
}

/** For each name the preference that fits it most closely, by `fit`; below 0 is no fit. */
function rank(
  names: string[],
  preferences: Preference[],
  fit: (name: string, p: Preference) => number,
): Ranked[] {
  return names.map((name, order) => {
    const none: Ranked = { name, q: 0, specificity: -1, index: -1, order };
    return preferences.reduce<Ranked>((best, preference) => {
      const specificity = fit(name, preference);
      return specificity > best.specificity
        ? { name, q: preference.q, specificity, index: preference.index, order }
        : best;
    }, none);
  });
}

function fitMediaType(name: string, { value, parameters }: Preference): number {
  const [parsed] = parse(name);
  if (parsed === undefined) return -1;
  const [type, subtype] = parsed.preference.value.split("/");
  const [wantedType, wantedSubtype] = value.split("/");
  const sameType = wantedType === type;
  const sameSubtype = wantedSubtype === subtype;
  if (
    !(sameType || wantedType === "*") || !(sameSubtype || wantedSubtype === "*")
  ) return -1;
  const fits = [...parameters].every(([key, content]) =>
    content === "*" ||
    (parsed.preference.parameters.get(key) ?? "").toLowerCase() ===
      content.toLowerCase()
  );
  if (!fits) return -1;
  return (sameType ? 4 : 0) + (sameSubtype ? 2 : 0) +
    (parameters.size > 0 ? 1 : 0);
}

function fitEncoding(name: string, { value }: Preference): number {
  if (value === name.toLowerCase()) return 1;
  return value === "*" ? 0 : -1;
}

function listed(header: string): Ranked[] {
  return parse(header).map(({ preference: { q, index }, text }) => ({
    name: text,
    q,
    specificity: 0,
    index,
    order: 0,
  }));
}

/**
 * Without `types`: the media types that the request accepts, the best first, any when it doesn't say. With `types`:
 * the one of them that it likes best, `undefined` when it accepts none (RFC 9110 §12.5.1).
 *
 * @example
 * ```ts
 * accepts(request, "text/html", "application/json");
 * ```
 */
export function accepts(request: Pick<Request, "headers">): string[];
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | undefined;
export function accepts(
  request: Pick<Request, "headers">,
  ...types: string[]
): string | string[] | undefined {
  const header = request.headers.get("accept");
  if (types.length === 0) return header ? accepted(listed(header)) : ["*/*"];
  if (!header) return types[0];
  return accepted(
    rank(
      types,
      parse(header).map(({ preference }) => preference),
      fitMediaType,
    ),
  )[0];
}

/**
 * Without `encodings`: the content codings that the request accepts, the best first, any when it doesn't say. With
 * `encodings`: the one of them that it likes best, `undefined` when it accepts none; name `identity` among them, so
 * that there is a match (RFC 9110 §12.5.3).
 */
export function acceptsEncodings(request: Pick<Request, "headers">): string[];
export function acceptsEncodings(
  request: Pick<Request, "headers">,
  ...encodings: string[]
): string | undefined;
export function acceptsEncodings(
  request: Pick<Request, "headers">,
  ...encodings: string[]
): string | string[] | undefined {
  const header = request.headers.get("accept-encoding");
  if (encodings.length === 0) {
    return header ? accepted(withIdentity(listed(header))) : ["*"];
  }
  if (!header) return encodings[0];
  const preferences = parse(header).map(({ preference }) => preference);
  if (!preferences.some(({ value }) => value === "identity" || value === "*")) {
    // No coding at all is acceptable unless it is ruled out, at the lowest weight that was named.
    const q = Math.min(1, ...preferences.map(({ q }) => q || 1));
    preferences.push({
      value: "identity",
      parameters: new Map(),
      q,
      index: preferences.length,
    });
  }
  return accepted(rank(encodings, preferences, fitEncoding))[0];
}

function withIdentity(ranked: Ranked[]): Ranked[] {
  if (
    ranked.some(({ name }) => name === "*" || name.toLowerCase() === "identity")
  ) return ranked;
  const q = Math.min(1, ...ranked.map(({ q }) => q || 1));
  return [...ranked, {
    name: "identity",
    q,
    specificity: 0,
    index: ranked.length,
    order: 0,
  }];
}
