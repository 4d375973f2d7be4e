/** The four services, in the order in which their lines are shown. */
export const SERVICES = ["auth", "global", "meeting", "media"] as const;

export type ServiceName = (typeof SERVICES)[number];

export function isServiceName(name: string | undefined): name is ServiceName {
  return SERVICES.some((other) => other === name);
}
