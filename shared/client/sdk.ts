/**
 * The client SDK for pages of one's own, which GC serves as `/sdk.js`: REST, signaling, and the browser's media.
 * docs/integrating.md shows a page that uses it.
 */
export * from "./mod.ts";
export { loadDevice } from "./media/device.ts";
export { createMediaEngine } from "./media/engine.ts";
