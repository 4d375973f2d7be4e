export * from "npm:jose@^6";
