/**
 * The page: joins the session client to the parts of the document. Imports everything else here.
 */

import { asSessionError } from "../sdk/errors.js";
import { steadied } from "../sdk/media-clock.js";
import { Session } from "../sdk/session.js";
import { showCaptions } from "./captions.js";
import { wireClone } from "./clone.js";
import { addCloneDialog } from "./clone-dialog.js";
import { wireControls } from "./controls.js";
import { wireDevices } from "./devices.js";
import { find, on, translateDocument } from "./dom.js";
import { wireDrive } from "./drive.js";
import { showFaces } from "./faces.js";
import { wireMoods } from "./moods.js";
import { showPanel } from "./panel.js";
import { pictureOf, showPeople } from "./people.js";
import { exposeProbe } from "./probe.js";
import { strings } from "./strings.js";
import { wireSuggestions } from "./suggestions.js";
import { wireTabs } from "./tabs.js";
import { showTiming } from "./timing.js";
import { pageToken } from "./token.js";
import { showTranscript } from "./transcript.js";

const query = new URLSearchParams(location.search);

addCloneDialog();
translateDocument();
const wanted = query.get("persona");
const session = new Session({ persona: wanted, token: pageToken() });
const video = find("video", HTMLVideoElement);
const people = find("people", HTMLFieldSetElement);
session.attach(video, coverVideo);
const wish = query.get("show");
if (wish === "motion" || wish === "audio" || wish === "text") session.present(wish);
const drive = wireDrive(session);
const suggest = wireSuggestions(session, find("suggestions", HTMLElement));
wireTabs();
followStates();
followFace();
showCaptions(steadied(session), find("captions", HTMLElement));
showTranscript(
  session,
  find("transcript", HTMLOListElement),
  find("transcript-empty", HTMLElement),
);
showTiming(session);
wireControls(session);
wireDevices(session, video);
wireMoods(session);
if (query.get("probe") === "1") exposeProbe(session);

/** @type {import("../sdk/api.js").Persona | null} */
let persona = null;
/** @type {import("../sdk/avatars.js").Avatar | null} */
let face = null;

const panel = showPanel(session, start);
panel.welcome(strings.product, "");
session.addEventListener("connection", keepFocus);
showPeople(people, find("people-list", HTMLElement), wanted, greet).catch((error) =>
  panel.problem(asSessionError(error).code),
);
const faces = showFaces(query.get("avatar"), wear);
const refreshFaces = (/** @type {string | null} */ chosen) =>
  faces.refresh(chosen).catch((error) => {
    console.info(`faces not listed: ${asSessionError(error).code}`);
  });
void refreshFaces(query.get("avatar"));
const openClone = wireClone(
  () => persona?.id ?? wanted,
  (avatar) => void refreshFaces(avatar.id).then(() => start(true)),
  () => void refreshFaces(null),
);
find("clone-button", HTMLButtonElement).addEventListener("click", openClone);

/** @param {boolean} microphone whether to ask for it */
function start(microphone) {
  session.start({ microphone }).catch((error) => {
    console.info(`session not started: ${asSessionError(error).code}`);
  });
  play();
}

/** @param {import("../sdk/api.js").Persona} chosen the one to talk to from now on */
function greet(chosen) {
  persona = chosen;
  session.persona = persona.id;
  panel.welcome(persona.name, persona.description);
  find("name", HTMLElement).textContent = persona.name;
  find("initial", HTMLElement).textContent = persona.name.slice(0, 1);
  faces.setOwn(pictureOf(persona));
  showPoster();
}

/** @param {import("../sdk/avatars.js").Avatar | null} chosen the face from now on */
function wear(chosen) {
  face = chosen;
  session.avatar = face?.id ?? null;
  find("badge", HTMLElement).textContent =
    face === null ? (strings.document.badge ?? "") : strings.badgeClone;
  find("disclosure", HTMLElement).textContent = strings.document.disclosure ?? "";
  showPoster();
}

/** Shows the face that will answer, before it is there. */
function showPoster() {
  const poster = find("poster", HTMLImageElement);
  const picture = face?.portrait ?? (persona && pictureOf(persona));
  poster.hidden = picture === null;
  if (picture !== null) poster.src = picture;
  poster.onload = () => takeShape(poster.naturalWidth, poster.naturalHeight);
  poster.onerror = () => {
    poster.hidden = true;
  };
}

/**
 * Gives the stage the shape of what it shows: square, wide or tall.
 * @param {number} width
 * @param {number} height
 */
function takeShape(width, height) {
  if (width > 0 && height > 0) {
    document.documentElement.style.setProperty("--aspect", String(width / height));
  }
}

/** Shows the three states as attributes of the body, for the style and for tests, and in words. */
function followStates() {
  const { dataset } = document.body;
  const draw = () => {
    dataset.connection = session.connection.state;
    dataset.reason = session.connection.reason;
    dataset.conversation = session.conversation.state;
    dataset.microphone = session.microphone.state;
    const live = session.connection.state === "connected";
    find("connection", HTMLElement).textContent = strings.connection[session.connection.state];
    const driving = drive.state !== "off";
    find("state", HTMLElement).textContent = driving
      ? strings.drive.badge
      : live
        ? strings.conversationStates[session.conversation.state]
        : "";
    for (const id of ["microphone", "talk-mode", "send", "interrupt"]) {
      find(id, HTMLButtonElement).disabled = !live || driving;
    }
    suggest(live && !driving);
    find("end", HTMLButtonElement).hidden = session.connection.state === "closed";
    find("message", HTMLInputElement).disabled = session.connection.state === "closed" || driving;
    find("faces", HTMLElement).hidden = session.connection.state !== "closed";
    people.disabled = session.connection.state !== "closed";
  };
  for (const type of ["connection", "conversation", "microphone"]) {
    session.addEventListener(type, draw);
  }
  drive.addEventListener("change", draw);
  draw();
}

/** Where the button that had the focus has gone, the focus moves to what comes next. */
function keepFocus() {
  const { activeElement, body } = document;
  if (activeElement && activeElement !== body && activeElement.checkVisibility()) return;
  const next = { connected: "microphone", closed: "start", connecting: null, reconnecting: null };
  const id = next[session.connection.state];
  if (id) find(id, HTMLButtonElement).focus({ preventScroll: true });
}

/** The picture gives way to the face when its first frame is on the screen. */
function followFace() {
  const { dataset } = document.body;
  dataset.face = "none";
  session.addEventListener("frame", () => {
    if (dataset.face === "none") dataset.face = "shown";
  });
  session.addEventListener("connection", () => {
    if (session.connection.state !== "connected") dataset.face = "none";
  });
  video.addEventListener("resize", () => takeShape(video.videoWidth, video.videoHeight));
  on(session, "hello", ({ name, disclosure }) => {
    find("name", HTMLElement).textContent = name;
    find("disclosure", HTMLElement).textContent = disclosure;
  });
  find("sound", HTMLButtonElement).addEventListener("click", () => {
    video.muted = false;
    play();
  });
}

/** Plays with sound, or silently where the browser wants another click first. */
function play() {
  const sound = find("sound", HTMLButtonElement);
  video.play().then(
    () => {
      sound.hidden = !video.muted;
    },
    (error) => {
      if (error instanceof DOMException && error.name === "NotAllowedError" && !video.muted) {
        video.muted = true;
        play();
      }
    },
  );
}

/** Puts a canvas over the video, for a face drawn on this device. */
function coverVideo() {
  const canvas = document.createElement("canvas");
  canvas.className = "drawn";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", strings.document.video ?? "");
  video.after(canvas);
  return canvas;
}
