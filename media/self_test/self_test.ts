import type { Worker } from "mediasoup/types";
import type { MediaSettings } from "../settings.ts";
import { workerRuns } from "../worker/worker_runs.ts";
import { mediaAddresses } from "../workers/media_addresses.ts";
import { spawnWorkerProcess } from "../workers/spawn_worker_process.ts";
import { announcedProblem, answersByTcp } from "./announced_problem.ts";

type Settings = Pick<
  MediaSettings,
  "workerFile" | "host" | "publicHost" | "rtcPort" | "sfuWorkers" | "pipeHost" | "pipePorts"
>;

/** One check: what it is about, and what is wrong with it, if anything. */
export interface Check {
  readonly name: string;
  readonly problem: string | undefined;
}

/** Looks at everything that the media of this handler needs of the machine. Opens the media ports for a moment. */
export async function selfTest(settings: Settings): Promise<Check[]> {
  const { workerFile, host, publicHost, rtcPort } = settings;
  const runs = await workerRuns(workerFile);
  const program = {
    name: "SFU worker program",
    problem: runs
      ? undefined
      : `MEDIASOUP_WORKER_BIN is "${workerFile}", which doesn't run here: \`deno task up\` gets one`,
  };
  if (!runs) return [program];
  const own = Deno.networkInterfaces();
  const { worker } = await spawnWorkerProcess(workerFile);
  const ended = new Promise<void>((resolve) => worker.on("subprocessclose", resolve));
  try {
    const ports = await checkPorts(worker, settings);
    const pipe = await checkPipe(worker, settings);
    const announced = { host, publicHost, port: rtcPort, own, answers: answersByTcp };
    return [program, ...ports, pipe, {
      name: "announced address",
      problem: await announcedProblem(announced),
    }];
  } finally {
    worker.close();
    await ended;
  }
}

/** Binds one of the ports, as a pipe does: which of them is free is of no matter. */
async function checkPipe(worker: Worker, { pipeHost, pipePorts }: Settings): Promise<Check> {
  const name = `UDP port for pipes on ${pipeHost}`;
  const router = await worker.createRouter();
  const listenInfo = { protocol: "udp" as const, ip: pipeHost, portRange: pipePorts };
  const failure = await router.createPipeTransport({ listenInfo })
    .then(() => undefined, (error: Error) => error.message);
  return {
    name,
    problem: failure &&
      `${name} can't be had (${failure}): set DT_PIPE_HOST to an address of this machine, ` +
        "and DT_PIPE_PORTS to ports that are free there",
  };
}

async function checkPorts(
  worker: Worker,
  { host, publicHost, rtcPort, sfuWorkers }: Settings,
): Promise<Check[]> {
  const addresses = mediaAddresses({ host, publicHost }, Deno.networkInterfaces());
  const checks: Check[] = [];
  for (let port = rtcPort; port < rtcPort + sfuWorkers; port++) {
    for (const { ip } of addresses) {
      for (const protocol of ["udp", "tcp"] as const) {
        const name = `${protocol.toUpperCase()} port ${port} on ${ip}`;
        const failure = await worker.createWebRtcServer({ listenInfos: [{ protocol, ip, port }] })
          .then(() => undefined, (error: Error) => error.message);
        checks.push({
          name,
          problem: failure === undefined
            ? undefined
            : `${name} can't be had (${failure}): end what has it, which may be a handler that runs, or set DT_RTC_PORT`,
        });
      }
    }
  }
  return checks;
}
