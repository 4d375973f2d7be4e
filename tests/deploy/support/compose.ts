import { parse } from "yaml";

const file = new URL("../../../deploy/compose.yaml", import.meta.url);

export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly networks?: readonly string[];
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: { readonly inside: { ipam: { config: { subnet: string; gateway: string }[] } } };
}

/** `compose.yaml` with the variables of `.env` put in, as Compose does it. */
export async function compose(variables: Readonly<Record<string, string>>): Promise<Compose> {
  const text = await Deno.readTextFile(file);
  const filled = text.replaceAll(/(?<!\$)\$\{(\w+):\?[^}]*\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  });
  return parse(filled.replaceAll("$$", "$"), { merge: true });
}
