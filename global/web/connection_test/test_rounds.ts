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
  /** Ends the round before, and begins another one. */
  begin(): void;
  end(): void;
}

interface Options {
  /** The newest: the one of the round before may have expired. */
  readonly ticket: () => Ticket;
  readonly engine: MediaEngine;
  readonly makeSound?: () => Tone;
}

/** The tests of one connection, one after another. */
export function createTestRounds({ ticket, engine, makeSound = makeTone }: Options): TestRounds {
  const latest = signal<TestRound | undefined>(undefined);
  let end = () => {};

  function begin(): void {
    end();
    const sound = makeSound();
    const taken = ticket();
    const running = testConnection({ ticket: taken, engine, sound: sound.track });
    void running.over.then(sound.stop);
    end = () => {
      running.cancel();
      sound.stop();
    };
    latest.value = { number: (latest.value?.number ?? 0) + 1, ticket: taken, running };
  }

  return { latest, begin, end: () => end() };
}
