/**
 * The written conversation: one entry for each side of a turn, in the order they began.
 * Imports the building of elements.
 */

import { build } from "./build.js";

/** Entries beyond this many leave the page, the oldest first. */
const LONGEST = 200;

/**
 * @param {import("../sdk/client.js").Session} session
 * @param {HTMLElement} list
 * @param {import("./strings.js").Words} words
 */
export function keepLog(session, list, words) {
  /** @type {Map<string, HTMLElement>} the entries of this session, by side and turn */
  let entries = new Map();
  let name = "";
  let talk = "";

  /**
   * An unfinished entry is busy, so that a screen reader reads it once, when it is final.
   * @param {"user" | "agent"} side
   * @param {{turn: number, text: string, final: boolean}} event
   */
  const write = (side, { turn, text, final }) => {
    const key = `${side}:${turn}`;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 48;
    let item = entries.get(key);
    if (!text) {
      item?.remove();
      entries.delete(key);
      return;
    }
    if (!item) {
      item = build("div", {
        className: side,
        children: [
          build("span", { className: "who", text: side === "user" ? words.you : name }),
          build("p"),
        ],
      });
      entries.set(key, item);
      list.append(item);
      if (list.children.length > LONGEST) list.firstElementChild?.remove();
    }
    item.setAttribute("aria-busy", String(!final));
    const said = item.querySelector("p");
    if (said) said.textContent = text;
    if (atEnd || side === "user") list.scrollTop = list.scrollHeight;
  };

  session.on("hello", (hello) => {
    name = hello.name;
    if (hello.session !== talk) entries = new Map();
    talk = hello.session;
  });
  session.on("user_transcript", (event) => write("user", event));
  session.on("agent_transcript", (event) => write("agent", event));
}
