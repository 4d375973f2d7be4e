import fc from "fast-check";
import type { MediaSource, Permission } from "../../../../shared/protocol/mod.ts";

/** A person, by the beginning of their name a host, a member or a guest. */
const person = fc.constantFrom("host-1", "host-2", "member-1", "member-2", "member-3", "guest-1", "guest-2");
/** One of the connections that there are or were. */
const device = fc.nat({ max: 40 });
const source = fc.constantFrom<MediaSource>("microphone", "camera", "screen");
const permission = fc.constantFrom<Permission>("microphone", "camera", "screen", "chat", "rename");
const flag = fc.boolean();
/** How somebody tries to get rid of a host's mute. */
const shedding = fc.constantFrom("resume the producer", "come back", "produce again", "join anew");

function act<N extends string, R extends object>(
  name: N,
  rest: { [K in keyof R]: fc.Arbitrary<R[K]> },
): fc.Arbitrary<{ act: N } & R> {
  // The record has the keys of both parts, which TypeScript can't put together again.
  return fc.record({ act: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ act: N } & R>;
}

const anAct = fc.oneof(
  { weight: 8, arbitrary: act("join", { person, attempt: fc.nat({ max: 2 }) }) },
  { weight: 4, arbitrary: act("resume", { device, keeps: flag, on: flag, leaves: flag }) },
  { weight: 2, arbitrary: act("try again", { device, leaves: flag }) },
  { weight: 2, arbitrary: act("try twice", { person, loses: flag }) },
  {
    weight: 2,
    arbitrary: act("steal", { device, person, how: fc.constantFrom("binding", "guess", "attempt") }),
  },
  { weight: 3, arbitrary: act("shed", { device, other: device, source, how: shedding }) },
  { weight: 2, arbitrary: act("too late", { device, other: device, source }) },
  { weight: 3, arbitrary: act("lose", { device }) },
  { weight: 2, arbitrary: act("leave", { device }) },
  { weight: 6, arbitrary: act("produce", { device, source, paused: flag }) },
  { weight: 4, arbitrary: act("pause", { device, source, paused: flag }) },
  { weight: 4, arbitrary: act("mute", { device, other: device, source, muted: flag }) },
  { weight: 2, arbitrary: act("mute all", { device, source }) },
  { weight: 3, arbitrary: act("permit", { device, permission, given: flag }) },
  { weight: 1, arbitrary: act("suspend", { device }) },
  { weight: 2, arbitrary: act("role", { device, other: device, isHost: flag }) },
  { weight: 1, arbitrary: act("remove", { device, other: device, ban: flag }) },
  { weight: 4, arbitrary: act("admit", { device, other: device }) },
  { weight: 1, arbitrary: act("deny", { device, other: device }) },
  { weight: 1, arbitrary: act("lock", { device, locked: flag }) },
  { weight: 3, arbitrary: act("chat", { device, to: device, isPrivate: flag }) },
  { weight: 1, arbitrary: act("hand", { device, isUp: flag }) },
  { weight: 1, arbitrary: act("settings", { permission, given: flag }) },
  { weight: 3, arbitrary: act("wait", { ms: fc.constantFrom(1, 20, 1_000, 13_000, 31_000) }) },
  { weight: 1, arbitrary: act("slow", { ms: fc.constantFrom(0, 50, 1_000) }) },
  { weight: 1, arbitrary: act("kill the controller", {}) },
  { weight: 1, arbitrary: act("slow store", { ms: fc.constantFrom(0, 50, 500) }) },
  { weight: 1, arbitrary: act("lose answers", { count: fc.integer({ min: 1, max: 2 }) }) },
);

export type Act = typeof anAct extends fc.Arbitrary<infer A> ? A : never;

/** What happens in a meeting, in order. An act that isn't `settled` is followed by the next one at once. */
export const story = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  acts: fc.array(fc.tuple(anAct, fc.boolean()), { minLength: 3, maxLength: 60, size: "max" }),
});

export type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;
