import { type ReadonlySignal, signal } from "@preact/signals";
import type { MediaEngine } from "../../../shared/client/media/media_transports.ts";
import { type RunningTest, testConnection } from "../../../shared/client/test_connection.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { makeTone, type Tone } from "./make_tone.ts";

export interface TestRound {
  /** Rises with each. */
  readonly number: number;
  /** With which it tests. */
  readonly ticket: Ticket;
  readonly running: RunningTest;
}

export interface TestRounds {
  /** The last that was begun. */
  readonly latest: ReadonlySignal<TestRound | undefined>;
  /** Ends the round before, and begins another one. Answers false where there is nothing to test with. */
  begin(): Promise<boolean>;
  end(): void;
}

/** What a round tests with. */
export interface TestMeans {
  ticket(): Ticket;
  /** Left out where there is no media. */
  readonly engine?: MediaEngine;
}

interface Options {
  /** As of now: the ticket of the round before may have run out. Answers undefined where none was given. */
  readonly prepare: () => Promise<TestMeans | undefined>;
  readonly makeSound?: () => Tone;
}

/** The tests of one connection, one after another. */
export function createTestRounds({ prepare, makeSound = makeTone }: Options): TestRounds {
  const latest = signal<TestRound | undefined>(undefined);
  let stop = () => {};
  /** Rises with each round that is asked for, and at the end. What was prepared for an earlier one begins nothing. */
  let epoch = 0;

  function end(): void {
    epoch++;
    stop();
  }

  async function begin(): Promise<boolean> {
    end();
    const mine = epoch;
    const means = await prepare();
    if (mine !== epoch) return true;
    if (!means?.engine) return false;
    const sound = makeSound();
    const ticket = means.ticket();
    const running = testConnection({ ticket, engine: means.engine, sound: sound.track });
    void running.over.then(sound.stop);
    stop = () => {
      running.cancel();
      sound.stop();
    };
    latest.value = { number: (latest.value?.number ?? 0) + 1, ticket, running };
    return true;
  }

  return { latest, begin, end };
}
