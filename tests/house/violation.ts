/** What a file, or a room, does against a rule of the house. */
export interface Violation {
  /** From the repository's root: the file's, or the room's. */
  readonly path: string;
  readonly text: string;
}
