/**
 * Recording clips of the stage, and the clips there are: films and motion, to watch, save or
 * discard. Imports the recorder, the motion, dom and words.
 */

import { create, find } from "../talk/dom.js";
import { button, say } from "./dom.js";
import { clipName } from "./motion-clip.js";
import { filmType, Recorder } from "./recorder.js";
import { words } from "./strings.js";

/** A recording ends by itself after this long. */
const LONGEST_SECONDS = 120;
const JSON_LINES = "application/x-ndjson";

/**
 * @param {import("./tryout.js").TryOut} tryOut
 * @param {() => {persona: string, avatar: string}} whom is on the stage
 */
export function wireClips(tryOut, whom) {
  const toggle = find("record", HTMLButtonElement);
  const badge = find("recording", HTMLElement);
  const note = find("record-note", HTMLElement);
  /** @type {Recorder | null} */
  let recorder = null;
  const able = filmType() !== null;

  const draw = () => {
    toggle.disabled = !able || !tryOut.connected || document.body.dataset.face !== "shown";
    toggle.textContent = recorder ? words.stopRecording : words.record;
    toggle.setAttribute("aria-pressed", String(recorder !== null));
    badge.hidden = recorder === null;
    if (!able) say(note, words.recordUnsupported);
    else if (toggle.disabled) say(note, words.recordWhen);
    else if (note.textContent === words.recordWhen) say(note, "");
  };

  const begin = () => {
    const stream = tryOut.video.srcObject;
    try {
      const sound = stream instanceof MediaStream ? stream : null;
      recorder = new Recorder(tryOut.picture, sound, words.notice);
      tryOut.motion.begin();
      say(note, "");
    } catch {
      say(note, words.recordFailed);
    }
    draw();
  };

  const end = async () => {
    const done = recorder;
    recorder = null;
    draw();
    if (done === null) return;
    const { motion } = tryOut;
    motion.end();
    const about = { ...whom(), recorded: new Date().toISOString() };
    const lines = motion.frames > 0 ? motion.lines(about) : null;
    const { frames } = motion;
    const { film, seconds, ending } = await done.stop();
    if (film.size === 0) say(note, words.recordFailed);
    else addClip({ film, seconds, ending, lines, frames, persona: about.persona });
  };

  toggle.addEventListener("click", () => {
    if (recorder === null) begin();
    else void end();
  });
  tryOut.session.addEventListener("frame", () => {
    if (recorder === null) {
      if (toggle.disabled) draw();
      return;
    }
    recorder.draw(tryOut.picture);
    say(badge, words.recording(Math.floor(recorder.seconds)));
    if (recorder.seconds > LONGEST_SECONDS) void end();
  });
  tryOut.addEventListener("change", () => {
    if (!tryOut.connected) void end();
    draw();
  });
  draw();
}

/**
 * @param {{film: Blob, seconds: number, ending: string, lines: string | null, frames: number,
 *   persona: string}} clip
 */
function addClip({ film, seconds, ending, lines, frames, persona }) {
  const at = new Date();
  const address = URL.createObjectURL(film);
  const player = create("video");
  player.src = address;
  player.controls = true;
  player.playsInline = true;
  player.setAttribute("aria-label", words.clip(seconds));
  const links = [makeLink(address, clipName(persona, at, ending), words.saveFilm)];
  if (lines !== null) {
    const motion = URL.createObjectURL(new Blob([lines], { type: JSON_LINES }));
    links.push(makeLink(motion, clipName(persona, at, "jsonl"), words.saveMotion(frames)));
  }
  const remove = button("quiet end", words.removeClip, () => {
    for (const { href } of links) URL.revokeObjectURL(href);
    clip.remove();
  });
  const clip = create("li", {
    children: [
      player,
      create("div", {
        className: "clip-words",
        children: [
          create("p", { className: "clip-title", text: words.clip(seconds) }),
          ...links,
          ...(lines === null ? [create("p", { className: "small", text: words.noMotion })] : []),
          remove,
        ],
      }),
    ],
  });
  find("clips", HTMLOListElement).prepend(clip);
}

/**
 * @param {string} address
 * @param {string} name
 * @param {string} text
 */
function makeLink(address, name, text) {
  const link = create("a", { className: "outline", text });
  link.href = address;
  link.download = name;
  return link;
}
