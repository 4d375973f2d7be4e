import { assertEquals } from "@std/assert";
import type { MeetingSession } from "../../../shared/client/mod.ts";
import type { Controller } from "./controllers.ts";
import { type Crowd, everybody, memoryOf } from "./crowd.ts";

/** How everybody came back from a fault. */
export interface Recovery {
  /** How long each person was without signaling, in milliseconds, the shortest first. */
  readonly awayMs: readonly number[];
  /** How often each person lost the connection. */
  readonly losses: readonly number[];
}

/**
 * Has a controller hit by a fault, and waits until everybody in its meetings is back, with roster, roles, mutes,
 * permissions, hands and chat as before, and can go on, while the banned stay out.
 */
export async function recoverFrom(
  crowds: readonly Crowd[],
  { pid, port }: Controller,
  fault: Deno.Signal,
): Promise<Recovery> {
  const ports = await Promise.all(crowds.map((crowd) => crowd.port()));
  const hit = crowds.filter((_, index) => ports[index] === port).flatMap(({ people }) => people);
  const watches = hit.map(watch);
  const before = hit.map(memoryOf);
  Deno.kill(pid, fault);
  await Promise.all(watches.map(({ back }) => back));
  await everybody(
    hit,
    ({ phase, participants }) => phase === "joined" && participants.every(({ state }) => state === "joined"),
  );
  assertEquals(hit.map(memoryOf), before);
  for (const { people } of crowds) {
    const [host] = people;
    // Their meeting may have come over a fault before: what was said then is no proof.
    const text = `after ${crypto.randomUUID()}`;
    const sent = await host?.sendChat(text);
    assertEquals(sent?.ok, true);
    await everybody(people, ({ chat }) => chat.at(-1)?.text === text);
  }
  assertEquals(await Promise.all(crowds.map((crowd) => crowd.bannedAsks())), crowds.map(() => "REMOVED"));
  const awayMs = watches.map(({ awayMs }) => awayMs()).sort((a, b) => a - b);
  return { awayMs, losses: watches.map(({ end }) => end()) };
}

/** The value below which 95 of 100 are. */
export function p95(sorted: readonly number[]): number {
  return quantile(sorted, 0.95);
}

/** The value below which this part of all are. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

/** Watches a person lose the connection and come back. */
function watch({ state }: MeetingSession) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let lostAt: number | undefined;
  let awayMs = 0;
  let losses = 0;
  const forget = state.subscribe(({ phase }) => {
    if (phase === "reconnecting" && lostAt === undefined) {
      lostAt = performance.now();
      losses++;
    } else if (phase === "joined" && lostAt !== undefined) {
      awayMs += performance.now() - lostAt;
      lostAt = undefined;
      resolve();
    } else if (phase === "ended") throw new Error("A meeting has ended for somebody");
  });
  return {
    back: promise,
    awayMs: () => awayMs,
    end: () => {
      forget();
      return losses;
    },
  };
}
