/**
 * Shows the words of both sides over the face: the avatar's as they are said, the person's as
 * they are understood. Imports caption-track, dom and strings.
 */

import { CaptionTrack } from "./caption-track.js";
import { create, on } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */

/** How long the person's own words stay once they are final. */
const OWN_WORDS_MS = 4_000;

/**
 * @param {Session} session
 * @param {HTMLElement} element
 */
export function showCaptions(session, element) {
  const track = new CaptionTrack();
  let shown = "";
  let now = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let ownWordsTimer;

  /**
   * @param {string} key what is shown, so that nothing is built twice
   * @param {() => Node[]} build
   */
  const show = (key, build) => {
    if (key === shown) return;
    shown = key;
    element.replaceChildren(...build());
  };
  const isOwn = () => shown.startsWith("own:");
  const clear = () => show("", () => []);

  on(session, "caption", ({ turn, words }) => track.add(turn, words));
  on(session, "agent_transcript", ({ turn, interrupted }) => {
    if (interrupted) track.cut(turn, now);
  });
  on(session, "user_transcript", ({ text, final }) => {
    clearTimeout(ownWordsTimer);
    show(`own:${text}`, () => (text ? ownWords(text) : []));
    if (final) ownWordsTimer = setTimeout(() => isOwn() && clear(), OWN_WORDS_MS);
  });
  session.addEventListener("connection", () => {
    track.clear();
    clear();
  });
  session.addEventListener("frame", (event) => {
    const { pts } = /** @type {CustomEvent<{pts: number | null}>} */ (event).detail;
    now = pts ?? Infinity;
    const line = track.at(now);
    if (line) {
      const key = `said:${line.spoken}:${line.sounding}:${line.words.join(" ")}`;
      show(key, () => saidWords(line));
    } else if (!isOwn()) clear();
  });
}

/**
 * @param {string} text
 * @returns {Node[]}
 */
function ownWords(text) {
  const who = create("span", { className: "who", text: strings.you });
  return [create("p", { className: "own", children: [who, text] })];
}

/**
 * @param {import("./caption-track.js").CaptionLine} line
 * @returns {Node[]}
 */
function saidWords({ words, spoken, sounding }) {
  const before = words.slice(0, spoken - 1).join(" ");
  const className = sounding ? "now" : "";
  const now = create("span", { className, text: words[spoken - 1] ?? "" });
  const said = before ? [`${before} `, now] : [now];
  const coming = words.slice(spoken).join(" ");
  const children = [create("span", { className: "spoken", children: said })];
  if (coming) children.push(create("span", { className: "coming", text: ` ${coming}` }));
  return [create("p", { children })];
}
