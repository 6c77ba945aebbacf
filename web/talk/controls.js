/**
 * The bar under the face: microphone, text, interrupt; and the end button.
 * Imports dom, hold-button, push-to-talk and strings.
 */

import { find, on } from "./dom.js";
import { wireHoldButton } from "./hold-button.js";
import { PushToTalk } from "./push-to-talk.js";
import { problemWords, strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */

const LEVEL_MS = 100;

/** @param {Session} session */
export function wireControls(session) {
  wireMicrophone(session);
  wireText(session);
  wireInterrupt(session);
  find("end", HTMLButtonElement).addEventListener("click", () => session.close());
}

/** @param {Session} session */
function wireMicrophone(session) {
  const button = find("microphone", HTMLButtonElement);
  const talk = new PushToTalk(session);
  const draw = () => {
    const { state, reason } = session.microphone;
    const usable = state === "on" || state === "muted";
    const holding = talk.mode === "hold" && usable;
    const label = holding
      ? strings.holdToTalk[talk.held ? "held" : "free"]
      : strings.microphone[state];
    button.setAttribute("aria-label", label);
    button.title = label;
    button.setAttribute("aria-pressed", String(holding ? talk.held : state === "on"));
    const hints = strings.microphoneHints;
    const words = holding && !talk.held ? strings.holdToTalk.hint : "";
    const live = session.connection.state !== "closed";
    showHint(live ? (hints[reason] ?? hints[state] ?? words) : "");
  };
  button.addEventListener("click", () => {
    if (talk.mode === "open") void session.setMicrophone(session.microphone.state !== "on");
  });
  session.addEventListener("microphone", draw);
  talk.addEventListener("change", draw);
  draw();
  wireHoldButton(talk, button);
  wireTalkMode(talk);
  meterLevel(session);
}

/**
 * The switch between an open microphone and one that is held.
 * @param {PushToTalk} talk
 */
function wireTalkMode(talk) {
  const button = find("talk-mode", HTMLButtonElement);
  const draw = () => {
    button.setAttribute("aria-pressed", String(talk.mode === "hold"));
    document.body.dataset.talk = talk.mode;
    document.body.dataset.held = String(talk.held);
  };
  button.title = strings.document.talkMode ?? "";
  button.addEventListener("click", () => {
    void talk.choose(talk.mode === "hold" ? "open" : "hold");
  });
  talk.addEventListener("change", draw);
  draw();
}

/**
 * Shows how loud the microphone is as `--level` of the face, 0 to 1.
 * @param {Session} session
 */
function meterLevel(session) {
  const face = find("face", HTMLElement);
  let shown = 0;
  setInterval(async () => {
    if (document.hidden) return;
    const heard = session.connection.state === "connected" ? await session.microphoneLevel() : 0;
    const level = Math.round(Math.min(1, Math.sqrt(heard) * 1.4) * 10) / 10;
    if (level === shown) return;
    shown = level;
    face.style.setProperty("--level", String(level));
  }, LEVEL_MS);
}

/** @param {Session} session */
function wireText(session) {
  const input = find("message", HTMLInputElement);
  find("controls", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() === "") return;
    if (session.sendText(input.value)) {
      input.value = "";
      showHint("");
    } else {
      showHint(strings.noTyping);
    }
  });
}

/** @param {Session} session */
function wireInterrupt(session) {
  const button = find("interrupt", HTMLButtonElement);
  button.title = strings.document.interrupt ?? "";
  button.addEventListener("click", () => session.interrupt());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) session.interrupt();
  });
  on(session, "error", ({ code }) => showHint(problemWords(code).text));
}

/** @param {string} words beneath the bar; none clears it */
function showHint(words) {
  const hint = find("hint", HTMLElement);
  hint.textContent = words;
}
