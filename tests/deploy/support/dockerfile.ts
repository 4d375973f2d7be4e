/** One stage of a Dockerfile, with what it has from the stages that it is made from. */
export interface Stage {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: readonly string[];
  readonly copies: readonly {
    readonly from: string | undefined;
    readonly what: string;
    readonly to: string;
  }[];
  readonly user: string;
  readonly workdir: string;
  readonly exposed: readonly string[];
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
}

type Instruction = readonly [name: string, rest: string];

/** Reads the stages of a Dockerfile, as far as this project's uses the language. */
export function stagesOf(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const [name, rest] of instructions(text)) {
    if (name === "FROM") {
      const [, from = "", as = ""] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      stage = { ...(stages.get(from) ?? EMPTY), name: as };
    } else if (stage !== undefined) stage = after(stage, name, rest);
    if (stage !== undefined) stages.set(stage.name, stage);
  }
  return stages;
}

const EMPTY: Stage = {
  name: "",
  env: {},
  run: [],
  copies: [],
  user: "root",
  workdir: "/",
  exposed: [],
  entrypoint: [],
  healthcheck: [],
  volumes: [],
};

function instructions(text: string): Instruction[] {
  const joined = text.split("\n").filter((line) => !line.startsWith("#")).join("\n").replaceAll(
    /\\\n\s*/g,
    "",
  );
  return joined.split("\n").flatMap((line) => {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [[name, rest] as const];
  });
}

function after(stage: Stage, name: string, rest: string): Stage {
  switch (name) {
    case "ENV":
      return { ...stage, env: { ...stage.env, ...pairs(rest) } };
    case "RUN":
      return { ...stage, run: [...stage.run, rest] };
    case "COPY":
      return { ...stage, copies: [...stage.copies, copyOf(rest)] };
    case "USER":
      return { ...stage, user: rest };
    case "WORKDIR":
      return { ...stage, workdir: rest };
    case "EXPOSE":
      return { ...stage, exposed: rest.split(" ") };
    case "ENTRYPOINT":
      return { ...stage, entrypoint: JSON.parse(rest) };
    case "HEALTHCHECK":
      return { ...stage, healthcheck: JSON.parse(rest.slice(rest.indexOf("CMD ") + 4)) };
    case "VOLUME":
      return { ...stage, volumes: rest.split(" ") };
    case "STOPSIGNAL":
      return stage;
    default:
      throw new Error(`the tests don't know the instruction ${name}`);
  }
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(" ").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function copyOf(text: string): Stage["copies"][number] {
  const [, from, what = "", to = ""] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text) ?? [];
  return { from, what, to };
}
