/**
 * Moving the face with one's own camera: the dialog that says what happens and what leaves the
 * device, one's own picture while it does, and why it ended.
 * Imports the client's drive, the camera's sight and words, dom and strings.
 */

import { Sight } from "../camera/sight.js";
import { cameraWords } from "../camera/words.js";
import { Drive } from "../sdk/drive.js";
import { find } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */

/**
 * @param {Session} session
 * @returns {Drive}
 */
export function wireDrive(session) {
  const open = find("drive-button", HTMLButtonElement);
  const video = find("drive-video", HTMLVideoElement);
  const view = find("drive-view", HTMLElement);
  const stop = find("drive-stop", HTMLButtonElement);
  const drive = new Drive(session);
  const dialog = wireDialog(async (sight, mirror) => {
    view.dataset.mirror = String(mirror);
    say("drive-where", strings.drive.where(sight.here === true));
    await drive.start(video, { mirror, look: sight.look });
  });

  open.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("close", () => {
    if (drive.state !== "off") stop.focus();
  });
  stop.addEventListener("click", () => drive.stop());

  const draw = () => {
    const off = drive.state === "off";
    const held = view.contains(document.activeElement);
    document.body.dataset.driving = drive.state;
    view.hidden = off;
    open.hidden = !off || session.connection.state !== "connected";
    if (off && held && !open.hidden) open.focus({ preventScroll: true });
    say("drive-state", cameraWords.states[drive.state] ?? "");
    say(
      "drive-latency",
      off || drive.latencyMs === null ? "" : cameraWords.behind(drive.latencyMs),
    );
  };
  drive.addEventListener("change", draw);
  drive.addEventListener("change", () => {
    if (drive.state !== "off") say("hint", "");
    else if (drive.reason !== "") say("hint", cameraWords.ended(drive.reason));
  });
  session.addEventListener("connection", draw);
  session.addEventListener("connection", () => {
    if (session.connection.state !== "connected") dialog.close();
  });
  draw();
  return drive;
}

/**
 * The dialog before the camera. It closes once all is ready; what it says of the pictures is true
 * then, and if it changes, the person is asked again.
 * @param {(sight: Sight, mirror: boolean) => Promise<void>} begin
 * @returns {HTMLDialogElement}
 */
function wireDialog(begin) {
  const dialog = find("drive", HTMLDialogElement);
  const start = find("drive-start", HTMLButtonElement);
  const mirror = find("drive-mirror", HTMLInputElement);
  const sight = new Sight();
  let opening = false;

  const draw = () => {
    say("drive-privacy", cameraWords.privacy(sight.here));
    say("drive-problem", sight.failed ? cameraWords.cannotRead : "");
    start.disabled = opening || sight.here === null;
    start.textContent = opening ? strings.drive.opening : (strings.document.driveStart ?? "");
  };
  sight.addEventListener("change", draw);
  new MutationObserver(() => {
    if (dialog.open) void sight.ask();
  }).observe(dialog, { attributeFilter: ["open"] });
  find("drive-close", HTMLButtonElement).addEventListener("click", () => dialog.close());
  find("drive-form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    opening = true;
    draw();
    const ready = await sight.open();
    opening = false;
    draw();
    if (!ready || !dialog.open) return;
    dialog.close();
    void begin(sight, mirror.checked);
  });
  draw();
  return dialog;
}

/**
 * Writes where it changes something, so that nothing is announced twice.
 * @param {string} id
 * @param {string} words
 */
function say(id, words) {
  const element = find(id, HTMLElement);
  if (element.textContent !== words) element.textContent = words;
}
