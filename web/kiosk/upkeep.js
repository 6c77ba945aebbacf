/**
 * What the watchdog needs of the world: heartbeats of the server, and loading the page anew so
 * that it surely comes back. Imports the watchdog's types and how long it waits between reloads.
 */

import { reloadWait } from "./watchdog.js";

const HEARTBEAT_MS = 3_000;
/** After a heartbeat that failed, the next one comes sooner; the second one is believed. */
const DOUBT_MS = 750;
const ANSWER_MS = 5_000;
const STARTED = "visavis-kiosk-started";
const RELOADS = "visavis-kiosk-reloads";
/** A page that ran so long was not loaded in vain. */
const STEADY_MS = 600_000;

/**
 * Asks for the server's health again and again.
 * @param {(health: import("./watchdog.js").Health) => void} tell
 */
export function followHealth(tell) {
  let failures = 0;
  const ask = async () => {
    const health = await askHealth();
    failures = health === "none" ? failures + 1 : 0;
    if (failures !== 1) tell(health);
    setTimeout(() => void ask(), failures > 0 ? DOUBT_MS : HEARTBEAT_MS);
  };
  void ask();
}

/** @returns {Promise<import("./watchdog.js").Health>} */
async function askHealth() {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch("/healthz", { cache: "no-store", signal });
    if (answer.ok) return "ok";
    // what stands before the server answers in its place while it is away
    const facts = await answer.json().catch(() => null);
    return facts?.models ? "unwell" : answer.status >= 500 ? "none" : "ok";
  } catch {
    return "none";
  }
}

/** Whether somebody has started this kiosk before, in this tab: then it starts by itself. */
export function wasStarted() {
  return sessionStorage.getItem(STARTED) !== null;
}

/** Remembers that somebody has. */
export function rememberStart() {
  sessionStorage.setItem(STARTED, "1");
  setTimeout(() => sessionStorage.removeItem(RELOADS), STEADY_MS);
}

/** @returns {{count: number, at: number}} loads without a steady time between; wall clock */
function reloads() {
  try {
    const { count, at } = JSON.parse(sessionStorage.getItem(RELOADS) ?? "{}");
    return { count: Number(count) || 0, at: Number(at) || 0 };
  } catch {
    return { count: 0, at: 0 };
  }
}

/** @returns {number} milliseconds from now until the page may be loaded anew */
export function untilReload() {
  const { count, at } = reloads();
  return count === 0 ? 0 : Math.max(0, at + reloadWait(count) - Date.now());
}

/**
 * Loads the page anew, but only where it can be had: a browser's own error page would stay.
 * @returns {Promise<boolean>} whether it is being loaded
 */
export async function reloadPage() {
  try {
    for (const address of [location.pathname, new URL("main.js", import.meta.url)]) {
      const answer = await fetch(address, {
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (!answer.ok) return false;
    }
  } catch {
    return false;
  }
  const record = { count: reloads().count + 1, at: Date.now() };
  sessionStorage.setItem(RELOADS, JSON.stringify(record));
  location.reload();
  return true;
}
