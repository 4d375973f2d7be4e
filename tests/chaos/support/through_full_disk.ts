import { childrenOf, ready, startUp, upPlace } from "../../dev/running_up.ts";
import { withSmallDisk } from "../../small_disk.ts";
import { auditGaps } from "./audit_gaps.ts";
import { type ChattingMeeting, chattingMeeting } from "./chatting_meeting.ts";
import { rest } from "../../rest.ts";
import { RestLoad } from "./rest_load.ts";

export interface FullDiskOptions {
  readonly meetings: number;
  readonly people: number;
  /** How long the disk stays full, in milliseconds. */
  readonly fullMs: number;
  /** Something else that has to go on until `until`, once it has said that it goes on; answers what went wrong. */
  readonly alongside?: (
    origin: string,
    until: Promise<void>,
    onGoingOn: () => void,
  ) => Promise<readonly string[]>;
}

export interface FullDiskReport {
  /** All that is not as it has to be. */
  readonly wrong: readonly string[];
  readonly chats: number;
  /** Chats that were acknowledged with `durable: false`. */
  readonly notStored: number;
  readonly rest: RestLoad["counts"];
  /** What `/ready` of each service said while the disk was full. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly lostLogLines: number;
  /** From the disk's being free to every service's being ready, in milliseconds. */
  readonly recoveryMs: number;
}

const OPERATOR = { email: "operator@example.org", password: "a password of mine" };
const ROUND_MS = 250;
const SERVICES = ["global", "auth", "media", "meeting"] as const;

/**
 * Fills the disk of a whole deployment's data folder under load, and empties it again. Then the controller is killed: what
 * everybody was told must have been stored by then.
 */
export function throughFullDisk(options: FullDiskOptions): Promise<FullDiskReport> {
  return withSmallDisk((disk) => drill(disk, options), "ext4");
}

async function drill(
  disk: Parameters<Parameters<typeof withSmallDisk>[0]>[0],
  { meetings, people, fullMs, alongside }: FullDiskOptions,
): Promise<FullDiskReport> {
  const place = await upPlace();
  await using up = await startUp(place, {
    DT_DATA_DIR: disk.path,
    DT_ADMIN_EMAIL: OPERATOR.email,
    DT_ADMIN_PASSWORD: OPERATOR.password,
  });
  await ready(up);
  const origin = `http://localhost:${place.port}`;
  const wrong: string[] = [];
  const load = await RestLoad.start(origin);
  const talks: ChattingMeeting[] = [];
  for (let i = 0; i < meetings; i++) talks.push(await chattingMeeting(origin, load.token, people));
  load.created.push(...talks.map(({ code }) => code));
  const over = Promise.withResolvers<void>();
  const goesOn = Promise.withResolvers<void>();
  const other = alongside?.(origin, over.promise, goesOn.resolve) ?? Promise.resolve([]);
  await Promise.race([goesOn.promise, other]);

  const round = async () => {
    const pause = new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    await Promise.all([...talks.map((talk) => talk.chat()), load.turn()]);
    await pause;
  };
  for (let i = 0; i < 4; i++) await round();
  if (load.counts.refused > 0) wrong.push("something was refused while there was room");

  const reasons = new Map<string, string>();
  const emptyAt = performance.now() + fullMs;
  let isHalf = false;
  while (performance.now() < emptyAt) {
    await disk.fill();
    await round();
    for (const [index, service] of SERVICES.entries()) {
      const { status, words } = await rest(`http://127.0.0.1:${place.port + index}`, "GET", "/ready");
      if (status !== 200) reasons.set(service, words);
    }
    if (isHalf || emptyAt - performance.now() > fullMs / 2) continue;
    isHalf = true;
    for (const talk of talks) {
      if (!await talk.raiseHand()) wrong.push("a hand could not be raised while the disk was full");
      if (!await talk.lock()) wrong.push("a host could not lock the meeting while the disk was full");
      if (!await talk.reconnectOne()) wrong.push("a seat could not be taken again while the disk was full");
    }
  }

  await disk.empty();
  const emptiedAt = performance.now();
  await allReady(place.port);
  const recoveryMs = performance.now() - emptiedAt;
  const refusedUntilNow = load.counts.refused;
  for (let i = 0; i < 4; i++) await round();
  if (load.counts.refused > refusedUntilNow) wrong.push("something was refused with room again");
  if (!talks.every((talk) => talk.isWhole())) wrong.push("somebody lost their connection");
  for (const { talk } of talks) {
    if (talk.refused.length > 0) wrong.push(`chats were refused: ${talk.refused}`);
  }
  wrong.push(...load.wrong, ...await load.missing());
  over.resolve();
  wrong.push(...await other);
  const deaths = up.lines.filter((line) => /ended (with|by)|does not answer/.test(line));
  wrong.push(...deaths);
  // A meeting's entries are in its controller's memory until the trail has taken them.
  wrong.push(...await auditGaps({ origin, load, locks: talks.length, operator: OPERATOR }));

  const [controller] = await childrenOf(up.pid, "/meeting/main.ts");
  if (controller !== undefined) Deno.kill(controller, "SIGKILL");
  for (const talk of talks) wrong.push(...await lostAfterKill(talk));
  const lostLogLines = await countLostLines(`${disk.path}/logs`);
  await Promise.all(talks.map((talk) => talk.end()));
  up.kill("SIGTERM");
  if (await up.exitCode !== 0) wrong.push("up did not end with 0");
  return {
    wrong,
    chats: talks.reduce((sum, { talk }) => sum + talk.acknowledged.length, 0),
    notStored: talks.reduce((sum, { talk }) => sum + talk.notStored, 0),
    rest: load.counts,
    reasons,
    lostLogLines,
    recoveryMs,
  };
}

async function allReady(port: number): Promise<void> {
  for (const index of SERVICES.keys()) {
    while ((await rest(`http://127.0.0.1:${port + index}`, "GET", "/ready")).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const KEPT_MESSAGES = 200;

/** What a meeting's people no longer know of what they were told, after its controller was killed. */
async function lostAfterKill(
  talk: ChattingMeeting,
): Promise<string[]> {
  const { resumed, chat, participants } = await talk.reconnectAll();
  const said = talk.talk.acknowledged;
  const kept = new Set(chat.map(({ text }) => text));
  // Those of one round are acknowledged in any order, so the oldest of what is kept may be another one.
  const lost = said.slice(-(KEPT_MESSAGES - 10)).filter((text) => !kept.has(text));
  return [
    ...resumed ? [] : ["a seat was lost with the controller"],
    ...lost.length === 0 ? [] : [`acknowledged chats were lost: ${lost}`],
    ...participants.some(({ hand_raised }) => hand_raised) ? [] : ["a raised hand was lost"],
  ];
}

/** The lines that could not be written, as the logs count them. */
async function countLostLines(folder: string): Promise<number> {
  let lost = 0;
  for await (const { name } of Deno.readDir(folder)) {
    for (const [, count] of (await Deno.readTextFile(`${folder}/${name}`)).matchAll(/"lost":(\d+)/g)) {
      lost += Number(count);
    }
  }
  return lost;
}
