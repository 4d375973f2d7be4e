/** A piece of a text; one with an address is a link. */
export interface TextPart {
  text: string;
  href?: string;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;
/** What ends a sentence rather than an address. */
const CLOSING = /[.,;:!?'"…»”’]+$/u;
const PAIRS = [["(", ")"], ["[", "]"], ["{", "}"]] as const;

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** An address without the punctuation around it. A bracket belongs to it when it was opened in it. */
function withoutEnd(address: string): string {
  const trimmed = address.replace(CLOSING, "");
  const isUnpaired = PAIRS.some(([open, close]) =>
    trimmed.endsWith(close) && countOf(trimmed, close) > countOf(trimmed, open)
  );
  if (isUnpaired) return withoutEnd(trimmed.slice(0, -1));
  return trimmed === address ? address : withoutEnd(trimmed);
}

/** A text cut into what is a link and what isn't. Only `http:` and `https:` are. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    if (!URL.canParse(address)) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: address, href: new URL(address).href });
    end = index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
