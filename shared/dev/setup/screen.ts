import { formatDuration } from "../format_duration.ts";
import type { Progress } from "./step.ts";

/** Where progress is shown, one step at a time. */
export interface Screen extends Progress {
  begin(name: string): void;
  end(note: string): void;
  /** Ends the step without a word: whoever runs the steps says why. */
  fail(): void;
  line(text: string): void;
}

export interface ScreenOptions {
  write(text: string): void;
  /** On a terminal one line changes in place; elsewhere each piece of news is a line, with a pause between counts. */
  readonly terminal: boolean;
  /** Milliseconds on a clock that only rises. */
  now(): number;
  /** How wide the terminal is, in characters. */
  readonly columns: number;
}

const COUNT_PAUSE_MS = 10_000;
const BAR_WIDTH = 24;

/** Shows steps as text: the name, what is waited for, a bar, and how long it took. */
export function createScreen(options: ScreenOptions): Screen {
  const { write, terminal, now } = options;
  let name = "";
  let startedAt = 0;
  let countedAt = 0;
  let waiting = "";

  const show = (text: string, final: boolean) => {
    if (!terminal) return write(`${text}\n`);
    write(`\r\x1b[K${final ? text : text.slice(0, options.columns - 1)}${final ? "\n" : ""}`);
  };
  const took = () => formatDuration(now() - startedAt);

  return {
    begin(step) {
      name = step;
      startedAt = countedAt = now();
      waiting = "";
      if (terminal) show(`${name} …`, false);
    },
    waitingFor(what) {
      waiting = what;
      show(`${name}: waiting for ${what} …`, false);
    },
    count(done, total) {
      if (!terminal && done < total && now() - countedAt < COUNT_PAUSE_MS) return;
      countedAt = now();
      const place = waiting === "" ? name : `${name}: ${waiting}`;
      show(`${place} ${bar(done, total)} [${done}/${total}] ${took()}`, false);
    },
    line: (text) => show(text, true),
    end: (note) => show(`${name}: ${note} (${took()})`, true),
    fail: () => terminal && show("", false),
  };
}

function bar(done: number, total: number): string {
  const full = Math.min(BAR_WIDTH, Math.round((done / Math.max(total, 1)) * BAR_WIDTH));
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}
