import { parse, parseAllDocuments } from "yaml";

export const folder = new URL("../../../deploy/kubernetes/", import.meta.url).pathname;

/** An object of Kubernetes, as it is parsed; `deno check` holds it to its type (`types_of_manifests.ts`). */
export type Manifest = ReturnType<typeof parse>;

export interface Generator {
  readonly name: string;
  readonly namespace: string;
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
}

export interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string }[];
  readonly configMapGenerator: readonly Generator[];
  readonly secretGenerator: readonly Generator[];
}

/** YAML as Kubernetes reads it: numbers with a leading zero are octal. */
const READING = { version: "1.1" } as const;

export async function kustomization(): Promise<Kustomization> {
  return parse(await Deno.readTextFile(`${folder}kustomization.yaml`), READING);
}

/** Every object of the resources that the kustomization names. */
export async function manifests(): Promise<Manifest[]> {
  const { resources } = await kustomization();
  const texts = await Promise.all(resources.map((file) => Deno.readTextFile(`${folder}${file}`)));
  return texts.flatMap((text) => parseAllDocuments(text, READING).map((document) => document.toJS()));
}

/** The settings that the kustomization hands to the pods. */
export async function settingsEnv(): Promise<Record<string, string>> {
  const lines = (await Deno.readTextFile(`${folder}settings.env`)).split("\n");
  return Object.fromEntries(
    lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

export const WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet"];

/** The names of generated objects, each with what it holds, by kind and namespace. */
export function generated(generators: readonly Generator[]): Map<string, string[]> {
  return new Map(generators.map(({ name, namespace, files = [] }) => [
    `${namespace}/${name}`,
    files.map((file) => file.slice(file.lastIndexOf("/") + 1)),
  ]));
}
