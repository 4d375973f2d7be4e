/** A service as `up` sees it: ready over HTTP, ends on SIGTERM or with its parent. How it misbehaves is its setting. */
const { DT_PORT, DT_BEHAVIOUR, DT_PEER, DT_MARK } = Deno.env.toObject();

const encoder = new TextEncoder();
const log = (line: string) => Deno.stderr.writeSync(encoder.encode(`${line}\n`));

if (DT_BEHAVIOUR === "refuse") {
  log('small: DT_THING is "x"; it must be y');
  Deno.exit(2);
}
if (DT_BEHAVIOUR === "crash at start" || (DT_MARK !== undefined && isThere(DT_MARK))) {
  log("small: something broke");
  Deno.exit(7);
}
if (DT_PEER !== undefined) Deno.addSignalListener("SIGTERM", () => signOff(DT_PEER));
else if (DT_BEHAVIOUR !== "ignore SIGTERM") Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
else Deno.addSignalListener("SIGTERM", () => log("small: not now"));

let asked = 0;
let isReadyTold = false;

Deno.serve(
  { port: Number(DT_PORT), hostname: "127.0.0.1", onListen: () => log("small: listening") },
  (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/crash") {
      log("small: told to crash");
      Deno.exit(9);
    }
    if (pathname === "/environment") return Response.json(Deno.env.toObject());
    if (pathname === "/pid") return new Response(String(Deno.pid));
    if (pathname === "/health") asked++;
    if (pathname === "/asked") return new Response(String(asked));
    if (pathname === "/ready" && DT_BEHAVIOUR === "ready once") {
      if (isReadyTold) return new Promise(() => {});
      isReadyTold = true;
    }
    return new Response("ready");
  },
);

const buffer = new Uint8Array(16);
while (await Deno.stdin.read(buffer) !== null);
Deno.exit(0);

async function signOff(peer: string): Promise<never> {
  const answer = await fetch(peer).then((response) => response.text(), () => "nothing");
  log(`small: the peer said ${answer}`);
  Deno.exit(0);
}

function isThere(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}
