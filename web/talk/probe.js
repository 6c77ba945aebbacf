/**
 * What tests and the benchmark read: with `?probe=1` in the address, and only then, the page has
 * `window.visavis = {session, log, frames}`. Imports the client's clock.
 */

import { wallClock } from "../sdk/clock.js";

/** Entries kept of each list. */
const LONGEST = 5_000;

/**
 * An event of the protocol with the time the page saw it, in milliseconds of the wall clock.
 * @typedef {{direction: "received" | "sent", at_ms: number, event: object}} Logged
 */

/** @param {import("../sdk/session.js").Session} session */
export function exposeProbe(session) {
  const log = /** @type {Logged[]} */ ([]);
  const frames = /** @type {{pts: number | null, at_ms: number}[]} */ ([]);
  for (const direction of /** @type {const} */ (["received", "sent"])) {
    session.addEventListener(direction, (event) => {
      const { detail } = /** @type {CustomEvent<object>} */ (event);
      keep(log, { direction, at_ms: wallClock(), event: detail });
    });
  }
  session.addEventListener("frame", (event) => {
    keep(frames, /** @type {CustomEvent} */ (event).detail);
  });
  Object.assign(window, { visavis: { session, log, frames } });
}

/**
 * @template T
 * @param {T[]} list
 * @param {T} item
 */
function keep(list, item) {
  list.push(item);
  if (list.length > LONGEST) list.shift();
}
