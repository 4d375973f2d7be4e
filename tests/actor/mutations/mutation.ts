/** One way to break a rule: texts of `shared/actor/` and what they become. */
export interface Mutation {
  readonly rule: string;
  readonly what: string;
  /** File, text that occurs in it once, and what replaces it. */
  readonly edits: readonly (readonly [file: string, find: string, replace: string])[];
}
