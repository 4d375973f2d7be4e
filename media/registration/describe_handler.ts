import type { HandlerRegistration } from "../../shared/protocol/rest.ts";
import { innerHost } from "../workers/media_addresses.ts";
import { routerCapabilities } from "../routing/router_capabilities.ts";
import type { MediaSettings } from "../settings.ts";

/** The registration that this handler sends to the Global Controller. */
export function describeHandler(settings: MediaSettings, instanceId: string): HandlerRegistration {
  const { handlerId, region, zone, host, port, sfuWorkers, maxTransports, cpuPercentFull } = settings;
  const controlUrl = settings.controlUrl ?? `http://${innerHost(host)}:${port}`;
  return {
    id: handlerId,
    instance_id: instanceId,
    region,
    zone,
    endpoints: { control_url: controlUrl, link_url: `${controlUrl.replace(/^http/, "ws")}/link` },
    capacity: { workers: sfuWorkers, transports: maxTransports, cpu_percent: cpuPercentFull },
    rtp_capabilities: routerCapabilities(),
  };
}
