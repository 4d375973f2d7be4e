import type { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import { KEPT_MESSAGES, type Snapshots, type StoredMeeting } from "../ports/snapshots.ts";
import { type DirectStore, inTransaction } from "./direct_store.ts";

type Save = z.output<typeof Snapshots.saveSnapshot.input>;

/** After how many messages of a meeting those before the last `KEPT_MESSAGES` are removed. */
const forgetEvery = 32;

/** Writes a meeting's snapshot and appends to its chat, if `generation` is still its lease's. */
export function saveSnapshot(store: DirectStore, save: Save): void | Failure<"fenced"> {
  const count = (save.snapshot === null ? 0 : 1) + save.chat.length + (forgets(save) ? 1 : 0);
  // A statement alone is a transaction by itself, in half the time.
  return count === 1 ? write(store, save) : inTransaction(store, () => write(store, save));
}

export function loadSnapshot(store: DirectStore, meetingId: string): StoredMeeting {
  return inTransaction(store, () => {
    const row = store.run.load.get(meetingId);
    const newestFirst = store.run.chat.all(meetingId, KEPT_MESSAGES);
    const chat = newestFirst.reverse().map(({ number, message }) => ({
      number: Number(number),
      message: String(message),
    }));
    return { snapshot: row === undefined ? null : String(row.snapshot), chat };
  });
}

function write({ run }: DirectStore, save: Save): void | Failure<"fenced"> {
  const { meeting_id, generation, snapshot, chat } = save;
  let isWritten = snapshot !== null && run.save.run(meeting_id, generation, snapshot).changes > 0;
  for (const { number, message } of chat) {
    isWritten = run.append.run(meeting_id, generation, number, message).changes > 0 || isWritten;
  }
  // A message whose number is stored is not written either.
  if (!isWritten && run.lease.get(meeting_id, generation) === undefined) {
    return fail("fenced", `Cannot save meeting "${meeting_id}": it was opened anew, or is over`);
  }
  const last = chat.at(-1);
  if (last !== undefined && forgets(save)) run.forget.run(meeting_id, last.number - KEPT_MESSAGES);
}

/** Whether a write removes older messages: one in `forgetEvery` does, for all of them. */
function forgets({ chat }: Save): boolean {
  const [first] = chat;
  const last = chat.at(-1);
  if (first === undefined || last === undefined) return false;
  return Math.floor(last.number / forgetEvery) > Math.floor((first.number - 1) / forgetEvery);
}
