import { throughFullDisk } from "../chaos/support/through_full_disk.ts";
import type { Row } from "../bench/row.ts";
import { callsInBrowsers } from "../chaos/support/calls_in_browsers.ts";

/** How long the disk stays full. */
const FULL_SECONDS = Number(Deno.env.get("SOAK_DISK_SECONDS") ?? 60);
const MEETINGS = 3;
const PEOPLE = 4;

/** A deployment whose data folder is on a disk that is full for a while, under load, with a call of two browsers. */
export async function run(tell: (row: Row) => void): Promise<void> {
  const report = await throughFullDisk({
    meetings: MEETINGS,
    people: PEOPLE,
    fullMs: FULL_SECONDS * 1_000,
    alongside: (origin, until, onGoingOn) =>
      callsInBrowsers(origin, { count: 1, until, onCalling: onGoingOn }),
  });
  for (const line of report.wrong) tell({ name: line, value: 1, unit: "", met: false });
  const { chats, notStored, rest, reasons, lostLogLines, recoveryMs } = report;
  tell({
    name: `what was wrong in ${FULL_SECONDS} s on a full disk`,
    value: report.wrong.length,
    unit: "",
    target: 0,
    lower_is_better: true,
  });
  tell({ name: "chats acknowledged", value: chats, unit: "" });
  tell({ name: "of them before they were stored", value: notStored, unit: "" });
  tell({ name: "logins and meetings acknowledged", value: rest.logins + rest.created, unit: "" });
  tell({ name: "logins and meetings refused with 503 in words", value: rest.refused, unit: "" });
  tell({ name: "log lines that were counted instead of written", value: lostLogLines, unit: "" });
  tell({ name: "from room on the disk to four services ready", value: recoveryMs, unit: "ms" });
  for (const [service, reason] of reasons) {
    tell({ name: `/ready of ${service}: ${reason}`, value: 503, unit: "" });
  }
}
