import type { Row } from "../bench/row.ts";
import { databaseKinds } from "../store/databases.ts";
import { fightForLeases } from "../store/live/fight/fight.ts";

const MEETINGS = 2_000;
/** Openings between two losses of Redis' data. */
const LOSS_EVERY = 500;

/** The live store in Redis under processes that take one another's meetings. */
export async function run(tell: (row: Row) => void): Promise<void> {
  for (const kind of await databaseKinds()) {
    if (kind.missing) continue;
    const { given, twice, never, losses } = await fightForLeases(MEETINGS, LOSS_EVERY, kind);
    const where = `terms in ${kind.name}`;
    tell({
      name: `generations of ${MEETINGS} meetings, given to 4 processes, ${where}`,
      value: given,
      unit: "",
    });
    tell({ name: "losses of Redis' data meanwhile", value: losses, unit: "", met: losses > 0 });
    tell({ name: "generations that two got", value: twice.length, unit: "", met: twice.length === 0 });
    tell({ name: "meetings that nobody opened", value: never, unit: "", met: never === 0 });
  }
}
