import type { Page } from "playwright-core";

/** Writes a picture of what each of these pages shows, after the moment and whoever looks at it. */
export type Shoot = (moment: string, pages: Readonly<Record<string, Page>>) => Promise<void>;

/** Pictures for people to look at, in the order in which they are taken. Without `DT_SCREENSHOTS`, a folder, there are none. */
export function screenshots(series: string): Shoot {
  const folder = Deno.env.get("DT_SCREENSHOTS");
  let taken = 0;
  return async (moment, pages) => {
    if (folder === undefined) return;
    const number = String(++taken).padStart(2, "0");
    for (const [who, page] of Object.entries(pages)) {
      await page.screenshot({ path: `${folder}/${series}-${number}-${moment}-${who}.png` });
    }
  };
}
