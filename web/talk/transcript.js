/**
 * The written conversation: one entry for each side of a turn, in the order they began.
 * Imports dom and strings.
 */

import { create, on } from "./dom.js";
import { strings } from "./strings.js";

/** Entries beyond this many leave the page, the oldest first. */
const LONGEST = 400;

/**
 * @param {import("../sdk/session.js").Session} session
 * @param {HTMLOListElement} list
 * @param {HTMLElement} empty shown while the list is empty
 */
export function showTranscript(session, list, empty) {
  /** @type {Map<string, HTMLLIElement>} the entries of this connection, by side and turn */
  let entries = new Map();
  let name = "";
  let talk = "";
  const scroller = list.closest("section");

  /** @param {HTMLLIElement} item */
  const append = (item) => {
    list.append(item);
    if (list.children.length > LONGEST) list.firstElementChild?.remove();
  };

  /**
   * @param {"user" | "agent"} side
   * @param {{turn: number, text: string, final: boolean, interrupted?: boolean | null}} event
   */
  const write = (side, { turn, text, final, interrupted }) => {
    const key = `${side}:${turn}`;
    const atEnd = isAtEnd(scroller);
    let item = entries.get(key);
    if (!text) {
      item?.remove();
      entries.delete(key);
      return;
    }
    if (!item) {
      item = makeEntry(side, side === "user" ? strings.you : name);
      entries.set(key, item);
      append(item);
    }
    fill(item, text, final, interrupted ?? false);
    empty.hidden = true;
    if (atEnd && scroller) scroller.scrollTop = scroller.scrollHeight;
  };

  on(session, "hello", (hello) => {
    name = hello.name;
    if (hello.session === talk) return;
    talk = hello.session;
    if (entries.size > 0) append(create("li", { className: "gap", text: strings.reconnected }));
    entries = new Map();
  });
  on(session, "user_transcript", (event) => write("user", event));
  on(session, "agent_transcript", (event) => write("agent", event));
}

/**
 * @param {"user" | "agent"} side
 * @param {string} who
 */
function makeEntry(side, who) {
  const item = create("li", {
    className: `entry ${side}`,
    children: [create("span", { className: "who", text: who }), create("p")],
  });
  item.dataset.side = side;
  return item;
}

/**
 * An unfinished entry is busy, so that a screen reader reads it once, when it is final.
 * @param {HTMLLIElement} item
 * @param {string} text
 * @param {boolean} final
 * @param {boolean} interrupted
 */
function fill(item, text, final, interrupted) {
  const words = item.querySelector("p");
  if (words) words.textContent = text;
  item.setAttribute("aria-busy", String(!final));
  item.dataset.final = String(final);
  item.dataset.interrupted = String(interrupted);
  if (interrupted && !item.querySelector(".cut")) {
    item.append(create("span", { className: "cut", text: strings.interrupted }));
  }
}

/** @param {HTMLElement | null} scroller */
function isAtEnd(scroller) {
  if (!scroller) return false;
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
}
