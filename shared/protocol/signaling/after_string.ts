/** The index after the JSON string whose opening quote is at `start`; the text's length where the string has no end. */
export function afterString(json: string, start: number): number {
  let end = start;
  while ((end = json.indexOf('"', end + 1)) !== -1) {
    // A quote is escaped after an odd number of backslashes.
    let before = end - 1;
    while (before > start && json[before] === "\\") before--;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return json.length;
}
