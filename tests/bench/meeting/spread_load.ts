import type { LoadOptions, LoadResult } from "../../load/load.ts";

export type CrowdOptions = Omit<LoadOptions, "whileJoined">;

/** The clients' own work must not be what is measured: it is in so many processes. */
const processes = 2;

/** The same as `load`, with the meetings spread over processes. */
export async function spreadLoad({ whileJoined, ...options }: LoadOptions): Promise<LoadResult> {
  const share = Math.ceil(options.meetings / processes);
  const parts = Array.from({ length: processes }, (_, index) => {
    const meetings = Math.min(share, options.meetings - index * share);
    return startPart({ ...options, meetings });
  });
  try {
    await Promise.all(parts.map(({ joined }) => joined));
    await whileJoined?.();
    const results = await Promise.all(parts.map((part) => part.result()));
    return results.reduce(merged);
  } finally {
    await Promise.all(parts.map((part) => part.end()));
  }
}

function startPart(options: CrowdOptions) {
  const program = new URL("./crowd_clients.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-net", program, JSON.stringify(options)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = linesOf(child.stdout);
  const next = async () => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error("The clients have ended");
    return value;
  };
  let isOver = false;
  const over = child.status.then(() => void (isOver = true));
  return {
    joined: next(),
    async result(): Promise<LoadResult> {
      const input = child.stdin.getWriter();
      await input.write(new Uint8Array(1));
      return JSON.parse(await next());
    },
    async end(): Promise<void> {
      if (!isOver) child.kill("SIGKILL");
      await over;
    },
  };
}

async function* linesOf(output: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function merged(one: LoadResult, other: LoadResult): LoadResult {
  const { joins, connections, answers, deliveries } = one.lost;
  return {
    joined: one.joined + other.joined,
    joinSeconds: Math.max(one.joinSeconds, other.joinSeconds),
    joins: [...one.joins, ...other.joins],
    answers: [...one.answers, ...other.answers],
    deliveries: [...one.deliveries, ...other.deliveries],
    lost: {
      joins: joins + other.lost.joins,
      connections: connections + other.lost.connections,
      answers: answers + other.lost.answers,
      deliveries: deliveries + other.lost.deliveries,
    },
  };
}
