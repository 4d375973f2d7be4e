import type { Layer } from "../../../shared/http/mod.ts";
import { notFoundPage, type PageServices } from "./web_page_routes.ts";

/** What programs ask for; an address below that isn't there is JSON for everybody. */
const FOR_PROGRAMS = /^\/(api|\.well-known|schemas|debug)\//;

/** A person who comes by an address that isn't there gets the web page, which says so; a program gets JSON. */
export function pageForUnknownAddresses(services: PageServices): Layer {
  return async ({ request, url }, next) => {
    const answer = await next();
    const isPerson = (request.method === "GET" || request.method === "HEAD") &&
      (request.headers.get("accept") ?? "").includes("text/html");
    if (answer.status !== 404 || !isPerson || FOR_PROGRAMS.test(url.pathname)) return answer;
    await answer.body?.cancel();
    return await notFoundPage(services, request);
  };
}
