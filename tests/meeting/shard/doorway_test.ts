import { assert, assertEquals } from "@std/assert";
import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import {
  type CheckedToken,
  type DoorLimits,
  Doorway,
  type RefusedHandshake,
} from "../../../meeting/shard/doorway.ts";
import type { Handshake } from "../../../meeting/shard/handshake.ts";
import { meetingClaims } from "../support/port.ts";

interface Door {
  /** A handshake from its start to its answer: its outcome, and the function that releases its place. */
  come(
    address: string,
    checked: CheckedToken,
    from?: Pick<Handshake, "origin"> & { readonly claimed?: string },
  ): { became: number | string; leave(): void };
  readonly refused: RefusedHandshake[];
  nowMs: number;
}

function newDoor(limits: Partial<DoorLimits> = {}): Door {
  const refused: RefusedHandshake[] = [];
  const door = { refused, nowMs: 0 };
  const doorway = new Doorway({
    origins: [],
    limits: {
      unauthenticatedPerAddress: 20,
      unjoinedPerAddress: 500,
      unjoinedPerSubject: 3,
      handshakesPerSecond: 500,
      handshakeBurst: 2_000,
      refusedPerSecond: 10,
      refusedBurst: 100,
      ...limits,
    },
    now: () => door.nowMs,
    onRefused: (one) => refused.push(one),
  });
  const come: Door["come"] = (address, checked, { origin, claimed } = { origin: null }) => {
    const token = claimed === undefined ? [] : [`bearer.${tokenOf({ sub: claimed })}`];
    const handshake: Handshake = { origin, offered: ["darktower.v1", ...token], address };
    const release = doorway.knock(handshake);
    if (typeof release !== "function") return { became: release.status, leave() {} };
    const answer = doorway.judge(handshake, checked, release);
    if (answer.kind === "refused") return { became: answer.status, leave() {} };
    return { became: answer.kind === "closed" ? answer.code : "accepted", leave: answer.release };
  };
  return Object.assign(door, { come });
}

/** A token whose signature is rubbish. */
function tokenOf(claims: object): string {
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  return `e30.${payload.toBase64({ alphabet: "base64url", omitPadding: true })}.${"A".repeat(86)}`;
}

const claimsOf = (sub: string): MeetingTokenClaims => ({ ...meetingClaims, sub });

Deno.test("doorway › an office of 500 comes back at once from one address, and the next is told to wait", () => {
  const door = newDoor();
  const all = Array.from({ length: 501 }, (_, index) => door.come("192.0.2.1", claimsOf(`sub-${index}`)));
  assertEquals(all.filter(({ became }) => became === "accepted").length, 500);
  assertEquals(all.at(-1)?.became, 429);
  assertEquals(door.come("192.0.2.2", claimsOf("elsewhere")).became, "accepted");
  all[0]?.leave();
  assertEquals(door.come("192.0.2.1", claimsOf("sub-501")).became, "accepted");
});

Deno.test("doorway › refused tokens hold at most 20 places of an address, however it is spelled", () => {
  const door = newDoor();
  const all = Array.from({ length: 21 }, (_, index) => door.come(`2001:db8::${index + 1}`, "signature"));
  assertEquals(all.map(({ became }) => became), [...Array.from({ length: 20 }, () => 4401), 429]);
  assertEquals(door.come("2001:DB8:0::1", "signature").became, 429);
  assertEquals(door.come("2001:db8::1", claimsOf("ada")).became, "accepted");
  for (const { leave } of all) leave();
  assertEquals(door.come("2001:db8::1", "signature").became, 4401);
});

Deno.test("doorway › refusals are counted by address: beyond the burst no token is verified, until time has passed", () => {
  const door = newDoor({ refusedBurst: 5, refusedPerSecond: 1 });
  for (let i = 0; i < 5; i++) {
    const { became, leave } = door.come("192.0.2.1", "signature");
    assertEquals(became, 4401);
    leave();
  }
  assertEquals(door.come("192.0.2.1", claimsOf("ada")).became, 429);
  assertEquals(door.come("192.0.2.1", claimsOf("ada")).became, 429);
  assertEquals(door.come("192.0.2.2", claimsOf("ada")).became, "accepted");
  assertEquals(door.refused.map(({ isFlood }) => isFlood), [
    ...Array.from({ length: 5 }, () => false),
    true,
    false,
  ]);
  door.nowMs = 1_000;
  assertEquals(door.come("192.0.2.1", claimsOf("bob")).became, "accepted");
});

Deno.test("doorway › refusals are counted by subject: one that goes on is refused, from any address", () => {
  const door = newDoor({ refusedBurst: 2, refusedPerSecond: 1 });
  const places = [1, 2, 3].map((host) => door.come(`192.0.2.${host}`, claimsOf("ada")));
  assertEquals(places.map(({ became }) => became), ["accepted", "accepted", "accepted"]);
  assertEquals([4, 5].map((host) => door.come(`192.0.2.${host}`, claimsOf("ada")).became), [429, 429]);
  for (const { leave } of places) leave();
  assertEquals(door.come("192.0.2.6", claimsOf("ada")).became, 429);
  assertEquals(door.come("192.0.2.6", claimsOf("bob")).became, "accepted");
  door.nowMs = 1_000;
  assertEquals(door.come("192.0.2.7", claimsOf("ada")).became, "accepted");
  assert(door.refused.every(({ reason }) => reason === "too_many_unjoined" || reason === "too_often"));
});

Deno.test("doorway › handshakes of an address are limited, good ones too, and others go on", () => {
  const door = newDoor({ handshakeBurst: 3, handshakesPerSecond: 1 });
  const come = (address: string) => {
    const { became, leave } = door.come(address, claimsOf(crypto.randomUUID()));
    leave();
    return became;
  };
  const became = Array.from({ length: 4 }, () => come("192.0.2.1"));
  assertEquals(became, ["accepted", "accepted", "accepted", 429]);
  assertEquals([come("192.0.2.2"), come("::ffff:192.0.2.1")], ["accepted", 429]);
  door.nowMs = 2_000;
  assertEquals(come("192.0.2.1"), "accepted");
  assertEquals(door.refused.map(({ reason }) => reason), ["too_often", "too_often"]);
});

Deno.test("doorway › a neighbour's refusals keep nobody out who was let in before, and not for long who pretends to be one", () => {
  const door = newDoor({ refusedBurst: 5, refusedPerSecond: 1 });
  const address = "192.0.2.1";
  door.come(address, claimsOf("ada")).leave();
  for (let i = 0; i < 5; i++) door.come(address, "signature").leave();
  const claimed = (sub: string, checked: CheckedToken) =>
    door.come(address, checked, { origin: null, claimed: sub }).became;
  assertEquals([claimed("ada", claimsOf("ada")), claimed("bob", claimsOf("bob"))], ["accepted", 429]);
  const pretended = Array.from({ length: 5 }, () => claimed("ada", "signature"));
  assertEquals(pretended, [4401, 4401, 4401, 4401, 429]);
});

Deno.test("doorway › what a foreign page does counts against nobody's address", () => {
  const door = newDoor({ refusedBurst: 5, refusedPerSecond: 1 });
  const page = { origin: "https://evil.example" };
  const became = Array.from({ length: 50 }, () => door.come("192.0.2.1", "malformed", page).became);
  assertEquals(new Set(became), new Set([403]));
  assertEquals(door.come("192.0.2.1", claimsOf("ada")).became, "accepted");
  assertEquals(door.refused.length, 50);
});
