import type { Row } from "../bench/row.ts";
import { startDeployment } from "../chaos/deployment/deployment.ts";
import { endure } from "../chaos/deployment/endure.ts";
import { allFaults } from "../chaos/deployment/faults.ts";

/** A dead process is made up for in 5 s. */
const TARGET_MS = 5_000;

/**
 * Two of each service behind nginx with TLS, on a PostgreSQL and a Redis: everything is killed in turn, both engines
 * are restarted, under load. Throws when something acknowledged is lost or a meeting ends.
 */
export async function run(tell: (row: Row) => void): Promise<void> {
  await using deployment = await startDeployment();
  const faults = allFaults(deployment);
  const totals = await endure(deployment, faults, ({ fault, loadMs, browsersMs }) => {
    const figure = { unit: "ms", target: TARGET_MS, lower_is_better: true };
    tell({ name: `${fault}: the load goes on`, value: loadMs, ...figure });
    tell({ name: `${fault}: the browsers see each other`, value: browsersMs, ...figure });
  });
  tell({ name: "faults after which no meeting had ended", value: faults.length, unit: "" });
  tell({ name: "texts acknowledged, none lost", value: totals.texts, unit: "" });
  tell({ name: "changes acknowledged, none lost", value: totals.changes, unit: "" });
  tell({ name: "connections lost and resumed in the same place", value: totals.losses, unit: "" });
  tell({ name: "requests told to come again", value: totals.putOff, unit: "" });
}
