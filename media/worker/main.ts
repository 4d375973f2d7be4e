/**
 * Finds or installs the mediasoup worker: `main.ts find` or `main.ts install [--no-download]`. Writes one
 * JSON object a line: `{waiting_for}` and `{done, total}` while it works, then the outcome.
 */
import { ensureWorker, findWorker } from "./ensure_worker.ts";
import { installWorker } from "./install_worker.ts";
import { workerPlace } from "./worker_place.ts";

const root = `${import.meta.dirname}/../..`;
const recipeFolder = `${import.meta.dirname}/recipe`;
const packageFolder = await Deno.realPath(`${root}/node_modules/mediasoup`);
const named = Deno.env.get("MEDIASOUP_WORKER_BIN");
const place = await workerPlace({
  packageFolder,
  recipeFolder,
  home: Deno.env.get("HOME"),
  cacheHome: Deno.env.get("XDG_CACHE_HOME") || undefined,
});

function write(line: object): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop.abort());

const outcome = Deno.args[0] === "install"
  ? await ensureWorker({
    named,
    place,
    packageFolder,
    recipeFolder,
    download: !Deno.args.includes("--no-download"),
    signal: stop.signal,
    fetch,
  }, {
    waitingFor: (what) => write({ waiting_for: what }),
    count: (done, total) => write({ done, total }),
  })
  : await findWorker({ named, place }) ?? { state: "absent" as const };
if (outcome.state === "ready" && outcome.how !== "named") {
  await installWorker(outcome.file, packageFolder, place.key);
}
write(outcome);
Deno.exit(outcome.state === "ready" ? 0 : 1);
