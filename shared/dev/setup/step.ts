/** What a step tells while it works. */
export interface Progress {
  /** What the step waits for now, in a few words. */
  waitingFor(what: string): void;
  /** How far it is, when that can be counted. */
  count(done: number, total: number): void;
}

export type StepOutcome =
  | { readonly state: "done"; readonly note?: string }
  | {
    readonly state: "failed";
    /** Why, in one line. */
    readonly reason: string;
    /** The command that would do it, when there is one. */
    readonly command?: string;
    /** The last lines of the program that failed. */
    readonly lines?: readonly string[];
  };

/** One thing that set-up sees to. */
export interface Step {
  readonly name: string;
  /** Whether nothing is left to do; quick, changes nothing. */
  present(): Promise<boolean>;
  run(progress: Progress, signal: AbortSignal): Promise<StepOutcome>;
}
