/** `deno task prepare`: sets up what is missing, and a data folder in which the services can be started one by one. */
import { resolve } from "node:path";
import { help } from "../../config/help.ts";
import { load } from "../../config/load.ts";
import { settings } from "../../config/settings.ts";
import { complain, say } from "../say.ts";
import { prepareDeployment } from "../up/prepare_deployment.ts";
import { withSecrets } from "../up/with_secrets.ts";
import { dataFolderFields } from "../up/settings.ts";

const definition = settings({
  service: "prepare",
  summary: "sets up what is missing on this machine, and in the data folder the master key, the services' " +
    "secrets and the first operator, as `up` does; then `deno task auth`, `global`, `meeting` and `media` " +
    "run one service each. What is there already stays as it is",
}, dataFolderFields);

function refuse(message: string): never {
  complain(`prepare: ${message}\n`);
  Deno.exit(2);
}

async function main(): Promise<number> {
  if (Deno.args.includes("--help")) {
    say(help(definition));
    return 0;
  }
  const [unknown] = Deno.args;
  if (unknown !== undefined) refuse(`unknown option "${unknown}"; --help shows what there is`);
  const loaded = load(definition, { env: (name) => Deno.env.get(name), readFile: Deno.readTextFileSync });
  if (!loaded.ok) refuse(loaded.message);
  const revealed = withSecrets(Deno.env.toObject(), Deno.readTextFileSync);
  if (!revealed.ok) refuse(revealed.message);
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stopping.abort());
  }
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const dataDir = resolve(loaded.value.dataDir);
  let prepared;
  try {
    const databaseElsewhere = revealed.value["DT_DATABASE_URL"] !== undefined;
    const settings = { ...loaded.value, databaseElsewhere };
    prepared = await prepareDeployment(root, dataDir, settings, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 1;
    throw error;
  }
  if (!prepared.ok) refuse(prepared.message);
  const { newOperator } = prepared.value.data;
  if (newOperator !== undefined) {
    const shown = loaded.value.adminPassword?.reveal() === newOperator.password
      ? "as DT_ADMIN_PASSWORD says"
      : newOperator.password;
    say(`operator, made at AC's start if its database has none: ${newOperator.email}, password: ${shown}\n`);
  }
  say(`prepared ${dataDir}\n`);
  return 0;
}

Deno.exit(await main());
