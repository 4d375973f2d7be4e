const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What people take for the first character of a word: a letter with its marks, or a whole emoji. */
function firstCharacter(word: string): string {
  const [first] = graphemes.segment(word);
  return first?.segment ?? "";
}

/** The first characters of a name's first two words. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map(firstCharacter).join("").toLocaleUpperCase();
}
