// One program of ours, running: started with a whole environment of its own, its log in a file,
// waited for by asking it, stopped with SIGTERM. It knows nothing of what the program does.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARIES = process.env.THREADLINE_BINARIES ?? resolve(ROOT, "target/debug");
export const SITE = process.env.SITE_DIR ?? resolve(ROOT, "target/site");

/** What the programs take over from our environment; no setting of the product is in it. */
const KEPT = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "RUST_LOG", "RUST_BACKTRACE"];

export interface Order {
  program: string;
  arguments: string[];
  environment: Record<string, string>;
  /** Appended to, so that a restart does not lose what came before. */
  log: string;
  /** Answers whether the program is ready. */
  ready: () => Promise<boolean>;
}

export class Running {
  private constructor(
    private readonly order: Order,
    private readonly child: ChildProcess,
  ) {}

  /** Starts the program and waits until it is ready. */
  static async start(order: Order): Promise<Running> {
    const log = openSync(order.log, "a");
    const kept = KEPT.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]]));
    const child = spawn(resolve(BINARIES, order.program), order.arguments, {
      env: { ...Object.fromEntries(kept), ...order.environment },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    let failure: Error | undefined;
    child.on("error", (error) => (failure = error));
    const running = new Running(order, child);
    try {
      await until(`${order.program} to be ready`, async () => {
        if (failure) throw failure;
        if (running.ended) throw new Error(`${order.program} ended before it was ready`);
        return order.ready();
      }, 30_000);
    } catch (error) {
      await running.stop();
      throw new Error(`${error}\nThe end of its log:\n${running.logTail()}`);
    }
    return running;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Asks the program to stop; kills it after five seconds. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Takes the program down with no chance to tidy up, as a power cut would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.ended || this.child.pid === undefined) return;
    const gone = new Promise<void>((done) => this.child.once("exit", () => done()));
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(late);
  }

  logTail(): string {
    return readFileSync(this.order.log, "utf8").split("\n").slice(-40).join("\n");
  }
}

/** Looks again and again until `look` gives something; the error names what was waited for. */
export async function until<T>(what: string, look: () => Promise<T>, patienceMs = 10_000): Promise<NonNullable<T>> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    if (Date.now() > end) throw new Error(`Waited ${patienceMs / 1000} s in vain for ${what}`);
    await pause(25);
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? done(address.port) : failed(new Error("no port"))));
    });
  });
}
