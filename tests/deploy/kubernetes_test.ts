import { assert, assertEquals, assertMatch } from "@std/assert";
import { isServiceName, type ServiceName, SERVICES } from "../../shared/dev/service_names.ts";
import { runCommand } from "../../shared/dev/run_command.ts";
import { parsePostgresUrl } from "../../shared/store/postgres_address.ts";
import { dockerfile } from "./support/image.ts";
import {
  folder,
  generated,
  kustomization,
  type Manifest,
  manifests,
  settingsEnv,
  WORKLOADS,
} from "./support/manifests.ts";
import { isOpen } from "./support/network_rules.ts";
import { makeSecrets } from "./support/secrets.ts";
import { problemWith, settingsOf } from "./support/service_settings.ts";

const checkout = new URL("../../", import.meta.url).pathname;
const all = await manifests();
const workloads = all.filter(({ kind }) => WORKLOADS.includes(kind));
const ofKind = (kind: string): Manifest[] => all.filter((one) => one.kind === kind);
const podOf = ({ spec }: Manifest): Manifest => spec.template.spec;
const containerOf = (workload: Manifest): Manifest => podOf(workload).containers[0];
const serviceWorkloads: [ServiceName, Manifest][] = workloads.flatMap((one) =>
  isServiceName(one.metadata.name) ? [[one.metadata.name, one]] : []
);

/** Where each kind is declared in Kubernetes' types. */
const TYPES: Record<string, string> = {
  "v1": "core/v1",
  "apps/v1": "apps/v1",
  "autoscaling/v2": "autoscaling/v2",
  "policy/v1": "policy/v1",
  "networking.k8s.io/v1": "networking/v1",
};

Deno.test("kubernetes › every object is as Kubernetes' own types declare it, without a field too many", async () => {
  const declare = (objects: readonly Manifest[]) =>
    objects.map((object, index) =>
      `import type { ${object.kind} as T${index} } from "kubernetes-types/${
        TYPES[object.apiVersion]
      }.d.ts";\n` +
      `export const o${index}: T${index} = ${JSON.stringify(object)};\n`
    ).join("");
  const check = async (objects: readonly Manifest[]) => {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, declare(objects));
    const args = ["check", "--quiet", "--config", `${checkout}deno.json`, file];
    const result = await runCommand(Deno.execPath(), { args, cwd: checkout, env: { NO_COLOR: "1" } });
    await Deno.remove(file);
    return result;
  };
  const { success, lines } = await check(all);
  assert(success, lines.join("\n"));
  const wrong = structuredClone(all);
  wrong.find(({ kind }) => kind === "StatefulSet").spec.template.spec.terminationGraceSeconds = 5;
  assertMatch((await check(wrong)).lines.join("\n"), /terminationGraceSeconds/);
});

Deno.test("kubernetes › the kustomization names every file of the folder, and generates what the pods mount", async () => {
  const { resources, images, secretGenerator, configMapGenerator } = await kustomization();
  const files = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".yaml")).map(({ name }) =>
    name
  );
  assertEquals([...resources, "kustomization.yaml"].toSorted(), files.toSorted());
  assertEquals(images.map(({ name }) => name), SERVICES.map((name) => `dark-tower-${name}`));
  const made = await makeSecrets();
  const secretFiles = [...Deno.readDirSync(made.folder)].map(({ name }) => name);
  await made.remove();
  const secrets = generated(secretGenerator);
  // The certificate is the operator's own.
  const known = [...secretFiles, "tls.crt", "tls.key"];
  for (const [name, keys] of secrets) assertEquals(keys.filter((key) => !known.includes(key)), [], name);
  const maps = generated(configMapGenerator);
  for (const workload of workloads) {
    const { namespace } = workload.metadata;
    for (const { secret, configMap } of podOf(workload).volumes) {
      if (secret !== undefined) assert(secrets.has(`${namespace}/${secret.secretName}`), secret.secretName);
      if (configMap !== undefined) assert(maps.has(`${namespace}/${configMap.name}`), configMap.name);
    }
    const mounted = containerOf(workload).volumeMounts.map(({ name }: Manifest) => name);
    assertEquals(mounted, podOf(workload).volumes.map(({ name }: Manifest) => name));
  }
});

/** What a pod's downward API would say. */
const DOWNWARD: Record<string, string> = {
  "metadata.name": "meeting-0",
  "status.podIP": "10.1.2.3",
  "status.hostIP": "192.0.2.7",
  "spec.nodeName": "machine-1",
};

/** The variables that a workload's container gets, `$(NAME)` put in. */
async function environmentOf(workload: Manifest): Promise<Record<string, string>> {
  const settings = await settingsEnv();
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of containerOf(workload).env) {
    const found = value ??
      (valueFrom.fieldRef === undefined
        ? settings[valueFrom.configMapKeyRef.key]
        : DOWNWARD[valueFrom.fieldRef.fieldPath]);
    assert(found !== undefined, `${workload.metadata.name}: ${name} has no value`);
    env[name] = found.replaceAll(/\$\((\w+)\)/g, (_: string, other: string) => env[other] ?? `no ${other}`);
  }
  return env;
}

for (const [service, workload] of serviceWorkloads) {
  const { ports, startupProbe, livenessProbe, readinessProbe } = containerOf(workload);

  Deno.test(`kubernetes › ${service} gets its own settings, as it would take them, and secrets that are mounted`, async () => {
    const stage = (await dockerfile()).get(service);
    const env = await environmentOf(workload);
    const used = containerOf(workload).env.flatMap(({ value = "" }: Manifest) =>
      [...value.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name)
    );
    assertEquals(
      Object.keys(env).filter((name) => !settingsOf(service).includes(name) && !used.includes(name)),
      [],
    );
    const { secretGenerator } = await kustomization();
    const { namespace, name } = workload.metadata;
    const keys = generated(secretGenerator).get(`${namespace}/${name}`) ?? [];
    const files = Object.entries(env).filter(([name]) => name.endsWith("_FILE")).map(([, file]) => file);
    // Each of them is read, and nothing is mounted that isn't.
    assertEquals(files.toSorted(), keys.map((key) => `/run/secrets/${key}`).toSorted());
    const made = await makeSecrets();
    const readFile = (path: string) => Deno.readTextFileSync(path.replace("/run/secrets", made.folder));
    const problem = problemWith(service, { ...stage?.env, ...env }, readFile);
    await made.remove();
    assertEquals(problem, undefined);
  });

  Deno.test(`kubernetes › ${service}'s ports are those that it listens on, and its probes ask what it answers`, async () => {
    const stage = (await dockerfile()).get(service);
    const env = { ...stage?.env, ...await environmentOf(workload) };
    const shards = service === "meeting"
      ? Array.from({ length: Number(env["DT_SHARDS"]) }, (_, index) => Number(env["DT_SHARD_PORT"]) + index)
      : [];
    assertEquals(ports.map(({ containerPort }: Manifest) => containerPort), [
      Number(env["DT_PORT"]),
      ...shards,
    ]);
    assertEquals(
      [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => [httpGet.path, httpGet.port]),
      [
        ["/health", "http"],
        ["/health", "http"],
        ["/ready", "http"],
      ],
    );
  });

  Deno.test(`kubernetes › ${service} is given the time that its drain takes`, async () => {
    const { DT_DRAIN_SECONDS: drain } = await environmentOf(workload);
    const { terminationGracePeriodSeconds } = podOf(workload);
    const before = containerOf(workload).lifecycle.preStop.sleep.seconds;
    assert(Number(drain) + before < terminationGracePeriodSeconds, `${drain} + ${before}`);
  });
}

Deno.test("kubernetes › the four services are there", () => {
  assertEquals(serviceWorkloads.map(([service]) => service), [...SERVICES]);
});

Deno.test("kubernetes › every pod is as the level `restricted` asks, but for the media handlers' network", () => {
  for (const workload of workloads) {
    const pod = podOf(workload);
    const { name } = workload.metadata;
    assertEquals([pod.securityContext.runAsNonRoot, pod.securityContext.seccompProfile.type], [
      true,
      "RuntimeDefault",
    ]);
    assertEquals([pod.automountServiceAccountToken, pod.hostPID, pod.hostIPC], [false, undefined, undefined]);
    assertEquals(pod.hostNetwork, name === "media" ? true : undefined);
    assertEquals(pod.containers.length, 1);
    const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } =
      containerOf(workload).securityContext;
    assertEquals([allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities], [false, true, {
      drop: ["ALL"],
    }]);
    for (const volume of pod.volumes) {
      assert("emptyDir" in volume || "secret" in volume || "configMap" in volume);
    }
  }
  const levels = ofKind("Namespace").map(({ metadata }) => [
    metadata.name,
    metadata.labels["pod-security.kubernetes.io/enforce"],
  ]);
  assertEquals(levels, [["dark-tower", "restricted"], ["dark-tower-media", "privileged"]]);
});

Deno.test("kubernetes › selectors, budgets and autoscalers name what there is", () => {
  const find = (namespace: string, app: string) =>
    workloads.find(({ metadata, spec }) =>
      metadata.namespace === namespace && spec.template.metadata.labels.app === app
    );
  for (const { metadata, spec } of workloads) {
    assertEquals(spec.selector.matchLabels, spec.template.metadata.labels, metadata.name);
  }
  for (const { metadata, spec } of [...ofKind("Service"), ...ofKind("PodDisruptionBudget")]) {
    const target = find(metadata.namespace, (spec.selector.matchLabels ?? spec.selector).app);
    assert(target !== undefined, metadata.name);
    const names = containerOf(target).ports.map(({ name }: Manifest) => name);
    for (const { targetPort } of spec.ports ?? []) {
      assert(names.includes(targetPort), `${metadata.name} ${targetPort}`);
    }
  }
  const replicated = ["auth", "front", "global", "meeting"];
  assertEquals(ofKind("PodDisruptionBudget").map(({ metadata }) => metadata.name).toSorted(), replicated);
  const scaled = ofKind("HorizontalPodAutoscaler");
  assertEquals(scaled.map(({ metadata }) => metadata.name).toSorted(), ["auth", "global", "meeting"]);
  for (const { metadata, spec } of scaled) {
    const target = find(metadata.namespace, spec.scaleTargetRef.name);
    assertEquals(target?.kind, spec.scaleTargetRef.kind);
    assertEquals([target?.spec.replicas, spec.minReplicas >= 2], [undefined, true]);
  }
  assertEquals(ofKind("StatefulSet").map(({ spec }) => spec.serviceName), ["meeting"]);
});

Deno.test("kubernetes › addresses inside are services with that port, and GC is reached before it is ready", async () => {
  const services = new Map(
    ofKind("Service").map((one) => [`${one.metadata.name}.${one.metadata.namespace}.svc`, one]),
  );
  for (const [service, workload] of serviceWorkloads) {
    const env = await environmentOf(workload);
    for (const name of ["DT_AUTH_URL", "DT_GLOBAL_URL"]) {
      const value = env[name];
      if (value === undefined) continue;
      const { hostname, port } = new URL(value);
      const target = services.get(hostname);
      assert(target !== undefined, `${service}: ${value}`);
      assertEquals(target.spec.ports.map(({ port }: Manifest) => String(port)), [port]);
      // GC is ready once MC and MH have registered at it.
      if (name === "DT_GLOBAL_URL") assertEquals(target.spec.publishNotReadyAddresses, true);
    }
  }
});

Deno.test("kubernetes › who has to reach whom does, and nobody else", () => {
  const policies = ofKind("NetworkPolicy");
  const [front, auth, global, meeting] = ["front", "auth", "global", "meeting"].map((app) => ({ app }));
  assert(front && auth && global && meeting);
  const machine = { address: "10.20.30.40" };
  const browser = { address: "203.0.113.5" };
  const parties = { front, auth, global, meeting, machine, browser };
  const ports = [5432, 6379, 26379, 8080, 8081, 8082, 8083, 8090, 8099, 8100, 8443];
  const open: string[] = [];
  for (const [from, one] of Object.entries(parties)) {
    for (const [to, other] of Object.entries(parties)) {
      // No policy speaks of what is outside on both ends, or of a pod that speaks to itself.
      if (from === to || (!("app" in one) && !("app" in other))) continue;
      const found = ports.filter((port) => isOpen(policies, one, other, port));
      if (found.length > 0) open.push(`${from} → ${to} ${found.join(" ")}`);
    }
  }
  assertEquals(open, [
    "front → global 8080",
    "front → meeting 8090 8099",
    "auth → machine 5432",
    "global → auth 8081",
    "global → meeting 8083 8090 8099",
    "global → machine 5432 6379 26379 8082",
    "meeting → auth 8081",
    "meeting → global 8080",
    "meeting → machine 6379 26379 8082",
    "machine → front 8080 8443",
    "machine → auth 8081",
    "machine → global 8080",
    "browser → front 8080 8443",
  ]);
});

Deno.test("kubernetes › the example of a database's address is one, and has the server's certificate checked", async () => {
  const text = await Deno.readTextFile(`${folder}kustomization.yaml`);
  const url = /echo "(postgres:[^"]*)"/.exec(text)?.[1] ?? "";
  assertEquals(parsePostgresUrl(url)?.servers.length, 1);
  assertEquals(new URL(url).searchParams.get("sslmode"), "verify-full");
});
