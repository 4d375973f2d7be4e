/** What this browser keeps under a name: `null` for nothing, `undefined` where it keeps nothing for pages at all. */
export function kept(name: string): string | null | undefined {
  return read(() => localStorage, name);
}

/** Has the browser keep a value under a name; `null` to forget it. One that keeps nothing goes on without. */
export function keep(name: string, value: string | null): void {
  write(() => localStorage, name, value);
}

/** The same for this tab alone: it survives a reload, and ends with the tab. */
export function keptInTab(name: string): string | null | undefined {
  return read(() => sessionStorage, name);
}

export function keepInTab(name: string, value: string | null): void {
  write(() => sessionStorage, name, value);
}

/** Where a browser blocks site data, even naming the storage throws. */
type GetStorage = () => Storage;

function read(storage: GetStorage, name: string): string | null | undefined {
  try {
    return storage().getItem(name);
  } catch {
    return undefined;
  }
}

function write(storage: GetStorage, name: string, value: string | null): void {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, value);
  } catch {
    // Then it is asked each time.
  }
}
