import { render } from "preact";
import * as z from "zod";
import { App } from "./app.tsx";

// The page's content security policy forbids code made from strings, which zod would otherwise try.
z.config({ jitless: true });

// `check_browser.js` takes it away where a browser is too old.
const root = document.getElementById("root");
if (root) render(<App />, root);
