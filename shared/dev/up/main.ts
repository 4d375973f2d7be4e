/** `deno task up`: sets up what is missing and runs the four services of one machine. */
import { help } from "../../config/help.ts";
import { load } from "../../config/load.ts";
import { isWildcard, type Plan } from "../plan.ts";
import { runCommand } from "../run_command.ts";
import { prepareSelfSigned, type TlsFiles } from "./self_signed.ts";
import { machinePaths } from "../machine_paths.ts";
import { complain, say } from "../say.ts";
import { serviceProcesses } from "../services.ts";
import { KILL_AFTER_MS } from "./kill_after.ts";
import { findLauncher, launcherGone } from "./launcher_gone.ts";
import { inTermsOfTheFile } from "./master_key.ts";
import { prepareDeployment } from "./prepare_deployment.ts";
import { pipeClash } from "./pipe_clash.ts";
import { runServices } from "./run_services.ts";
import { planOf, upSettings } from "./settings.ts";
import { howToInvite } from "./how_to_invite.ts";
import { staysOnThisMachine } from "./stays_on_this_machine.ts";
import { writeTrustFile } from "./trust_file.ts";
import { unreachableMedia } from "./unreachable_media.ts";
import { takenPort } from "./taken_port.ts";
import { withSecrets } from "./with_secrets.ts";
import { unreadableVariable } from "../unreadable_variable.ts";
import { knownSettings, unknownSettings } from "./unknown_settings.ts";

const START_MS = 60_000;
/** A service that hangs is killed after about 15 s, as GC takes it for gone. */
const ANSWER_MS = 1_500;
const OPTIONS = "\nOptions: --tls makes a self-signed certificate, for cameras on other machines of a LAN; " +
  "--verbose shows the services' log lines, --help this table.\n";

function refuse(message: string): never {
  complain(`up: ${message}\n`);
  Deno.exit(2);
}

async function main(): Promise<number> {
  const definition = upSettings(navigator.hardwareConcurrency);
  if (Deno.args.includes("--help")) {
    say(help(definition) + OPTIONS);
    return 0;
  }
  const unknown = Deno.args.find((arg) => arg !== "--verbose" && arg !== "--tls");
  if (unknown !== undefined) refuse(`unknown option "${unknown}"; --help shows what there is`);
  const unreadable = unreadableVariable(knownSettings(definition), (name) => Deno.env.get(name));
  if (unreadable !== undefined) refuse(unreadable);
  const variables = Deno.env.toObject();
  const loaded = load(definition, { env: (name) => variables[name], readFile: Deno.readTextFileSync });
  if (!loaded.ok) refuse(loaded.message);
  const revealed = withSecrets(variables, Deno.readTextFileSync);
  if (!revealed.ok) refuse(revealed.message);
  const passedOn = revealed.value;
  for (const line of unknownSettings(definition, Object.keys(variables))) complain(`up: ${line}\n`);
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const planned = planOf(loaded.value, root, Deno.cwd(), {
    tls: Deno.args.includes("--tls"),
    trustsMore: Boolean(passedOn["DENO_CERT"]),
  });
  if (!planned.ok) refuse(planned.message);
  const plan = planned.value;
  const clash = pipeClash(plan, passedOn["DT_PIPE_PORTS"]);
  if (clash !== undefined) refuse(clash);
  const unreachable = unreachableMedia(loaded.value);
  if (unreachable !== undefined) complain(`up: ${unreachable}\n`);

  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, stop);
  const launcher = await findLauncher(stopping.signal);
  launcherGone(launcher, stopping.signal).then(stop);

  const taken = takenPort(plan);
  if (taken !== undefined) refuse(taken);
  const databaseElsewhere = passedOn["DT_DATABASE_URL"] !== undefined;
  let prepared;
  try {
    const settings = { ...loaded.value, databaseElsewhere };
    prepared = await prepareDeployment(root, plan.dataDir, settings, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    throw error;
  }
  if (!prepared.ok) refuse(prepared.message);
  const { worker, data: { newOperator, operatorMade } } = prepared.value;

  const client = plan.tls === undefined ? undefined : await trusting(plan, plan.tls, passedOn["DENO_CERT"]);
  const processes = serviceProcesses(plan, await machinePaths(root, worker), passedOn);
  return await runServices(processes, {
    stop: stopping.signal,
    logFolder: `${plan.dataDir}/logs`,
    verbose: Deno.args.includes("--verbose"),
    say: (line) => say(`${line}\n`),
    complain: (line) => complain(`${inTermsOfTheFile(line, plan.dataDir)}\n`),
    startMs: START_MS,
    killAfterMs: KILL_AFTER_MS,
    answerMs: ANSWER_MS,
    ...(client === undefined ? {} : { client }),
    async onReady() {
      if (await operatorMade() && newOperator !== undefined) {
        const shown = loaded.value.adminPassword?.reveal() === newOperator.password
          ? "as DT_ADMIN_PASSWORD says"
          : `${newOperator.password} (shown only now)`;
        say(`operator: ${newOperator.email}, password: ${shown}\n`);
      }
      if (!staysOnThisMachine(loaded.value)) say(`${howToInvite(plan.dataDir, databaseElsewhere)}\n`);
      say(`ready ${plan.publicUrl}\n`);
    },
  });
}

/** Makes the certificate, and a client that trusts it; the services trust the user's own authorities as well. */
async function trusting(
  { publicHost, host }: Plan,
  tls: TlsFiles,
  authorities: string | undefined,
): Promise<Deno.HttpClient> {
  const hosts = ["localhost", "127.0.0.1", publicHost, ...(isWildcard(host) ? [] : [host])];
  const made = await prepareSelfSigned(tls, hosts, { run: runCommand, now: Date.now() });
  if (!made.ok) refuse(made.message);
  const { certFile, trustFile } = tls;
  if (authorities && trustFile !== undefined) {
    const written = await writeTrustFile({ certFile, authorities, trustFile });
    if (!written.ok) refuse(written.message);
  }
  return Deno.createHttpClient({ caCerts: [await Deno.readTextFile(certFile)] });
}

Deno.exit(await main());
