import type { ControllerRegistration } from "../../shared/protocol/mod.ts";
import { signalingPath } from "./handshake.ts";
import { shardInternalUrl } from "./shard_routes.ts";
import type { Settings } from "../settings.ts";

/** The URLs of this controller and its shards: signaling URLs for browsers, control URLs for GC. */
export function shardEndpoints(settings: Settings): ControllerRegistration["endpoints"] {
  const controlUrl = settings.controlUrl ?? `http://${innerHost(settings.host)}:${settings.port}`;
  // GC probes a shard where it reaches the controller, which may be another machine.
  const { hostname } = new URL(controlUrl);
  const shards = Array.from({ length: settings.shards }, (_, index) => {
    const port = settings.shardPort + index;
    return {
      shard: String(index),
      signaling_url: signalingUrl(settings, index, port),
      internal_url: shardInternalUrl(controlUrl, index),
      probe_url: `${isSecure(settings) ? "https" : "http"}://${hostname}:${port}/health`,
    };
  });
  return { control_url: controlUrl, shards };
}

function isSecure({ tlsCertFile }: Settings): boolean {
  return tlsCertFile !== undefined;
}

function signalingUrl(settings: Settings, index: number, port: number): string {
  const template = settings.publicSignalingUrl;
  if (template === undefined) {
    return `${isSecure(settings) ? "wss" : "ws"}://${bracketed(settings.publicHost)}:${port}${signalingPath}`;
  }
  return template.replaceAll("{controller}", settings.controllerId).replaceAll("{shard}", String(index));
}

/** The host for connections inside of the deployment; a wildcard address can't be connected to. */
function innerHost(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : bracketed(host);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
