const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The start of a text that has at most `maxCharacters` code points, as servers count them, cut between what people take
 * for characters: no emoji is cut in two, and no letter loses its marks.
 */
export function cutText(text: string, maxCharacters: number): string {
  // A text has no more code points than code units.
  if (text.length <= maxCharacters) return text;
  let count = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    count += Array.from(segment).length;
    if (count > maxCharacters) return text.slice(0, index);
  }
  return text;
}
