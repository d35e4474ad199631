// Which browser is driven, and how: the system's own, since nothing is downloaded.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function find(): string {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = process.env.CHROMIUM ?? files.find((file) => existsSync(file));
  if (!found) throw new Error("No Chromium on PATH. `cargo xtask set-up` installs it or says how.");
  return found;
}

/** For `use` in a Playwright configuration. */
export const chromium = {
  launchOptions: {
    executablePath: find(),
    args: [
      // The sandbox needs rights that containers do not give, and every page here is our own.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};
