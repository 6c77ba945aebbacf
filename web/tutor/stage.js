/**
 * The tutor beside the board: face, captions, the connection, the microphone and the questions.
 * Imports the session's types, words and parts of the talk page.
 */

import { showCaptions } from "../talk/captions.js";
import { create, find, on } from "../talk/dom.js";
import { problemWords } from "../talk/strings.js";
import { words } from "./words.js";

/** @typedef {import("../sdk/session.js").Session} Session */

/** Reasons after which nothing needs to be said. */
const QUIET_REASONS = new Set(["", "goodbye"]);

/**
 * @param {Session} session
 * @param {Session} steady tells the same, with frames also while no picture comes
 * @param {{ask: (text: string) => void, again: () => void}} act what questions and the button to
 *   try again do
 */
export function showStage(session, steady, { ask, again }) {
  const video = find("video", HTMLVideoElement);
  session.attach(video, () => coverVideo(video));
  showCaptions(steady, find("captions", HTMLElement));
  followFace(session, video);
  followStates(session);
  followConnection(session, again);
  wireMicrophone(session);
  wireQuestions(session, ask);
  find("sound", HTMLButtonElement).addEventListener("click", () => {
    video.muted = false;
    play();
  });
}

/** Plays with sound, or silently where the browser wants another click first. */
export function play() {
  const video = find("video", HTMLVideoElement);
  const sound = find("sound", HTMLButtonElement);
  video.play().then(
    () => (sound.hidden = !video.muted),
    (error) => {
      if (error instanceof DOMException && error.name === "NotAllowedError" && !video.muted) {
        video.muted = true;
        play();
      }
    },
  );
}

/**
 * Shows who will teach, before the face is there.
 * @param {{name: string, avatar: string | null} | undefined} persona
 */
export function showPoster(persona) {
  const poster = find("poster", HTMLImageElement);
  const { avatar = null, name = "" } = persona ?? {};
  find("name", HTMLElement).textContent = name;
  poster.hidden = avatar === null;
  if (avatar !== null) poster.src = avatar;
  poster.onerror = () => (poster.hidden = true);
}

/** @param {HTMLVideoElement} video over which a canvas is put, for a face drawn on this device */
function coverVideo(video) {
  const canvas = create("canvas", { className: "drawn" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.document.video ?? "");
  video.after(canvas);
  return canvas;
}

/**
 * The picture gives way to the face when its first frame is on the screen.
 * @param {Session} session
 * @param {HTMLVideoElement} video
 */
function followFace(session, video) {
  const { dataset } = document.body;
  dataset.face = "none";
  session.addEventListener("frame", () => {
    if (dataset.face === "none") dataset.face = "shown";
  });
  session.addEventListener("connection", () => {
    if (session.connection.state !== "connected") dataset.face = "none";
  });
  video.addEventListener("resize", () => {
    const { videoWidth, videoHeight } = video;
    if (videoWidth > 0) {
      document.documentElement.style.setProperty("--aspect", String(videoWidth / videoHeight));
    }
  });
  on(session, "hello", ({ name, disclosure }) => {
    find("name", HTMLElement).textContent = name;
    find("disclosure", HTMLElement).textContent = disclosure;
  });
}

/** @param {Session} session */
function followStates(session) {
  const { dataset } = document.body;
  const draw = () => {
    dataset.connection = session.connection.state;
    dataset.conversation = session.conversation.state;
    dataset.microphone = session.microphone.state;
    const live = session.connection.state === "connected";
    find("state", HTMLElement).textContent = live
      ? words.conversation[session.conversation.state]
      : "";
    for (const id of ["microphone", "send"]) find(id, HTMLButtonElement).disabled = !live;
    find("question", HTMLInputElement).disabled = !live;
  };
  for (const type of ["connection", "conversation", "microphone"]) {
    session.addEventListener(type, draw);
  }
  draw();
}

/**
 * @param {Session} session
 * @param {() => void} again
 */
function followConnection(session, again) {
  const notice = find("notice", HTMLElement);
  const text = find("notice-text", HTMLElement);
  const button = find("notice-again", HTMLButtonElement);
  button.textContent = words.tryAgain;
  button.addEventListener("click", again);
  const draw = () => {
    const { state, reason } = session.connection;
    const failed = state === "closed" && !QUIET_REASONS.has(reason);
    button.hidden = !failed;
    if (failed) {
      const problem = problemWords(reason);
      text.textContent = `${problem.title}. ${problem.text}`;
    } else if (state === "connecting") text.textContent = words.connecting;
    else text.textContent = state === "reconnecting" ? words.reconnecting : "";
    notice.hidden = text.textContent === "";
  };
  session.addEventListener("connection", draw);
  draw();
}

/** @param {Session} session */
function wireMicrophone(session) {
  const button = find("microphone", HTMLButtonElement);
  const draw = () => {
    const { state, reason } = session.microphone;
    button.setAttribute("aria-label", words.microphone[state]);
    button.title = words.microphone[state];
    button.setAttribute("aria-pressed", String(state === "on"));
    const hints = words.microphoneHints;
    find("hint", HTMLElement).textContent = hints[reason] ?? hints[state] ?? "";
  };
  button.addEventListener("click", () => {
    void session.setMicrophone(session.microphone.state !== "on");
  });
  session.addEventListener("microphone", draw);
  draw();
}

/**
 * @param {Session} session
 * @param {(text: string) => void} ask
 */
function wireQuestions(session, ask) {
  const input = find("question", HTMLInputElement);
  find("ask", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === "") return;
    input.value = "";
    ask(text);
  });
  on(session, "error", ({ code }) => {
    find("hint", HTMLElement).textContent = problemWords(code).text;
  });
}
