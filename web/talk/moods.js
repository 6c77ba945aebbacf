/**
 * Moods: what the face feels from now on, and what it does once, by hand. Imports dom and strings.
 */

import { create, find } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */

const EMOTIONS = /** @type {const} */ ([
  "neutral",
  "happy",
  "sad",
  "surprised",
  "concerned",
  "thinking",
]);
const GESTURES = /** @type {const} */ (["nod", "shake", "wink", "brows", "tilt"]);
/** A mood by hand is clear, and not a grimace. */
const INTENSITY = 0.8;

/** @param {Session} session */
export function wireMoods(session) {
  const moods = find("moods", HTMLDetailsElement);
  const emotions = EMOTIONS.map((emotion) =>
    makeButton(strings.emotions[emotion], () => {
      if (session.setEmotion(emotion, INTENSITY)) press(emotion);
    }),
  );
  /** @param {typeof EMOTIONS[number] | null} felt */
  const press = (felt) => {
    emotions.forEach((button, at) => {
      button.setAttribute("aria-pressed", String(EMOTIONS[at] === felt));
    });
  };
  const gestures = GESTURES.map((name) =>
    makeButton(strings.gestures[name], () => session.gesture(name)),
  );
  find("moods-emotions", HTMLElement).replaceChildren(...emotions);
  find("moods-gestures", HTMLElement).replaceChildren(...gestures);
  press(null);
  session.addEventListener("connection", () => {
    moods.hidden = session.connection.state !== "connected";
    if (session.connection.state === "closed") press(null);
  });
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function makeButton(text, act) {
  const button = create("button", { className: "mood", text });
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
