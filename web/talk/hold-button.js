/**
 * What a person holds to talk: the microphone button, by mouse, touch or key, or the space bar.
 * Imports nothing.
 */

/** @typedef {import("./push-to-talk.js").PushToTalk} PushToTalk */

/**
 * A click that no pointer and no key made, as screen readers send it, presses or lets go.
 * @param {PushToTalk} talk
 * @param {HTMLButtonElement} button
 */
export function wireHoldButton(talk, button) {
  button.addEventListener("pointerdown", (event) => {
    if (talk.mode !== "hold" || event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    void talk.press();
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(type, () => talk.release());
  }
  button.addEventListener("contextmenu", (event) => {
    if (talk.mode === "hold") event.preventDefault();
  });
  button.addEventListener("click", ({ detail }) => {
    if (talk.mode !== "hold" || detail !== 0) return;
    if (talk.held) talk.release();
    else void talk.press();
  });
  wireKeys(talk, button);
  addEventListener("blur", () => talk.release());
  document.addEventListener("visibilitychange", () => talk.release());
}

/**
 * @param {PushToTalk} talk
 * @param {HTMLButtonElement} button
 */
function wireKeys(talk, button) {
  document.addEventListener("keydown", (event) => {
    if (talk.mode !== "hold" || !holds(event, button)) return;
    event.preventDefault();
    if (!event.repeat) void talk.press();
  });
  document.addEventListener("keyup", (event) => {
    if (!talk.held || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    talk.release();
  });
}

/**
 * Whether a key means the button: on it space and enter, elsewhere the space bar, unless what has
 * the focus needs it itself.
 * @param {KeyboardEvent} event
 * @param {HTMLButtonElement} button
 */
function holds({ key, target, ctrlKey, altKey, metaKey }, button) {
  if (ctrlKey || altKey || metaKey || !(target instanceof Element)) return false;
  if (target === button) return key === " " || key === "Enter";
  const own = "input, textarea, select, button, summary, a, video, dialog, [role=tab]";
  return key === " " && target.closest(own) === null && !document.querySelector("dialog[open]");
}
