import type { Manifest } from "./manifests.ts";

/** A pod of the namespace by its label, or an address outside of it. */
export type Party = { readonly app: string } | { readonly address: string };

/** Whether the policies let a connection pass: out of its source, and into its target. */
export function isOpen(policies: readonly Manifest[], from: Party, to: Party, port: number): boolean {
  return passes(policies, "Egress", from, to, port) && passes(policies, "Ingress", to, from, port);
}

function passes(
  policies: readonly Manifest[],
  direction: "Egress" | "Ingress",
  own: Party,
  peer: Party,
  port: number,
): boolean {
  // No policy speaks of what is outside.
  if (!("app" in own)) return true;
  const applying = policies.filter(({ spec }) =>
    spec.policyTypes.includes(direction) && matches(spec.podSelector, own)
  );
  if (applying.length === 0) return true;
  const [list, side] = direction === "Egress" ? ["egress", "to"] as const : ["ingress", "from"] as const;
  return applying.some(({ spec }) =>
    (spec[list] ?? []).some((rule: Manifest) =>
      (rule[side] === undefined || rule[side].some((one: Manifest) => isPeer(one, peer))) &&
      (rule.ports === undefined ||
        rule.ports.some((range: Manifest) => port >= range.port && port <= (range.endPort ?? range.port)))
    )
  );
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Manifest, peer: Party): boolean {
  if ("app" in peer) {
    return podSelector !== undefined && namespaceSelector === undefined && matches(podSelector, peer);
  }
  return ipBlock !== undefined && isWithin(peer.address, ipBlock.cidr);
}

function matches({ matchLabels = {} }: Manifest, { app }: { readonly app: string }): boolean {
  return Object.entries(matchLabels).every(([label, value]) => label === "app" && value === app);
}

function isWithin(address: string, cidr: string): boolean {
  const [network = "", length = "32"] = cidr.split("/");
  const bits = (text: string) =>
    text.split(".").map((part) => Number(part).toString(2).padStart(8, "0")).join("");
  return bits(address).slice(0, Number(length)) === bits(network).slice(0, Number(length));
}
