import { componentOfScope, type ScopeComponent } from "../protocol/rest/scopes.ts";

/** The values of the claim `aud`. A verifier accepts its own audience only. */
export const AUDIENCES = {
  api: "darktower:api",
  auth: "darktower:auth",
  global: "darktower:global",
  meeting: "darktower:meeting",
  media: "darktower:media",
} as const;

export type Audience = typeof AUDIENCES[keyof typeof AUDIENCES];

const BY_COMPONENT: Readonly<Record<ScopeComponent, Audience>> = {
  ac: AUDIENCES.auth,
  gc: AUDIENCES.global,
  mc: AUDIENCES.meeting,
  mh: AUDIENCES.media,
};

/** The audience of a scope `{principal}.{operation}.{component}`, or `undefined` if it isn't one. */
export function audienceOfScope(scope: string): Audience | undefined {
  const component = componentOfScope(scope);
  return component && BY_COMPONENT[component];
}
