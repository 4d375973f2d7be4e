import type { Page } from "playwright-core";
import { ticket } from "../../shared/protocol/mod.ts";
import type { Stack } from "./stack.ts";
import { ticketInRegion } from "./ticket_in_region.ts";

/** Has a page's participant be in a region. To be called before the page joins. */
export async function joinFromRegion(stack: Stack, page: Page, region: string): Promise<void> {
  await page.route(/\/api\/v1\/meetings\/[^/]+\/(join|guest-token)$/, async (route) => {
    const response = await route.fetch();
    const given = ticket.parse(await response.json());
    await route.fulfill({ response, json: await ticketInRegion(stack, given, region) });
  });
}
