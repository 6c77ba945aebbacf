/**
 * What the element shows: the bubble, the question before a talk, and the talk. Knows the session
 * only by its states. Imports the building of elements.
 */

import { build, button } from "./build.js";

/** @typedef {import("./strings.js").Words} Words */

/**
 * @typedef {object} Look
 * @property {boolean} bubble
 * @property {string} theme
 * @property {string} position
 * @property {string} host where what is said goes
 * @property {string | null} privacyUrl
 */

export class View {
  parts;
  root;
  #words;

  /**
   * @param {Words} words
   * @param {Look} look
   */
  constructor(words, look) {
    this.#words = words;
    this.parts = makeParts(words, look);
    const { bubble, panel } = this.parts;
    this.root = build("div", { className: "root", attributes: { lang: words.language } });
    this.root.dataset.theme = look.theme;
    this.root.dataset.position = look.position;
    this.root.dataset.mode = look.bubble ? "bubble" : "inline";
    this.root.dataset.view = "ask";
    this.root.dataset.face = "none";
    this.root.append(...(look.bubble ? [bubble, panel] : [panel]));
    this.meet(words.somebody);
  }

  get isOpen() {
    return this.parts.panel.hasAttribute("open");
  }

  /** @param {boolean} whole whether it covers the screen, and keeps the focus */
  open(whole) {
    const { panel, bubble, talk } = this.parts;
    if (!(panel instanceof HTMLDialogElement)) return;
    if (whole) panel.showModal();
    else panel.show();
    bubble.setAttribute("aria-expanded", "true");
    talk.focus();
  }

  close() {
    const { panel, bubble } = this.parts;
    if (panel instanceof HTMLDialogElement) panel.close();
    bubble.setAttribute("aria-expanded", "false");
    bubble.focus();
  }

  /**
   * @param {string} name who is there
   * @param {string | null} [picture] of them
   */
  meet(name, picture = null) {
    const { title, bubble, poster, initial } = this.parts;
    title.textContent = name;
    initial.textContent = name.slice(0, 1);
    bubble.setAttribute("aria-label", this.#words.open(name));
    if (picture === null) return;
    poster.onload = () => {
      poster.hidden = false;
    };
    poster.src = picture;
  }

  /** @param {string} sentence */
  disclose(sentence) {
    this.parts.disclosure.textContent = sentence;
  }

  /** @param {string} sentence beside the question */
  problem(sentence) {
    this.parts.problem.textContent = sentence;
    this.parts.problem.hidden = sentence === "";
  }

  /** @param {string} sentence beside the talk */
  hint(sentence) {
    this.parts.hint.textContent = sentence;
  }

  /** @param {boolean} heard whether the person speaks, or types only */
  talking(heard) {
    this.problem("");
    this.hint("");
    this.root.dataset.view = "talk";
    (heard ? this.parts.microphone : this.parts.message).focus();
  }

  /** The person typed so far and now wants to be heard: asks for their consent. */
  askToHear() {
    this.root.dataset.view = "ask";
    this.parts.talk.focus();
  }

  /** @param {string} why in a sentence, or nothing */
  ended(why) {
    const focused = this.#holdsFocus();
    this.problem(why);
    this.root.dataset.view = "ask";
    this.root.dataset.face = "none";
    if (focused) this.parts.talk.focus();
  }

  /** The first frame is on the screen. */
  faceShown() {
    this.root.dataset.face = "shown";
  }

  /** @returns {HTMLCanvasElement} over the video, for a face drawn on this device */
  cover() {
    const canvas = build("canvas", { label: this.#words.face, attributes: { role: "img" } });
    this.parts.video.after(canvas);
    return canvas;
  }

  /**
   * Plays with sound, or silently where the browser wants another click first.
   * @param {boolean} loud whether this is that click
   */
  async play(loud) {
    const { video, sound } = this.parts;
    if (loud) video.muted = false;
    try {
      await video.play();
      sound.hidden = !video.muted;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (video.muted) return;
      video.muted = true;
      await this.play(false);
    }
  }

  /**
   * Shows the three states.
   * @param {{connection: {state: string}, conversation: {state: string},
   *   microphone: {state: string}}} session
   */
  follow({ connection, conversation, microphone }) {
    const { dataset } = this.root;
    const words = this.#words;
    dataset.connection = connection.state;
    dataset.conversation = conversation.state;
    dataset.microphone = microphone.state;
    const live = connection.state === "connected";
    const parts = this.parts;
    parts.status.textContent =
      words.states[live ? conversation.state : connection.state] ?? words.states.closed ?? "";
    parts.end.hidden = connection.state === "closed";
    for (const part of [parts.send, parts.interrupt]) part.disabled = !live;
    const label = words.microphone[microphone.state] ?? "";
    parts.microphone.setAttribute("aria-label", label);
    parts.microphone.title = label;
    parts.microphone.setAttribute("aria-pressed", String(microphone.state === "on"));
    if (connection.state === "reconnecting") dataset.face = "none";
  }

  /**
   * @param {readonly string[]} questions that can be asked with a click; none to show none
   * @param {(question: string) => void} ask
   */
  suggest(questions, ask) {
    const { chips, message } = this.parts;
    const held = this.#holdsFocus(chips);
    const made = questions.map((text) => {
      const chip = button("chip", { text });
      chip.addEventListener("click", () => ask(text));
      return chip;
    });
    chips.replaceChildren(...made);
    chips.hidden = made.length === 0;
    if (held) message.focus();
  }

  /** @param {string} state of the microphone, where there is something to say about it */
  heed(state) {
    this.hint(this.#words.microphoneHints[state] ?? "");
  }

  /** @param {Element} [part] */
  #holdsFocus(part = this.root) {
    const tree = /** @type {ShadowRoot | Document} */ (this.root.getRootNode());
    return part.contains(tree.activeElement);
  }
}

/**
 * @param {Words} words
 * @param {Look} look
 */
function makeParts(words, look) {
  const head = makeHead(words, look);
  const stage = makeStage(words);
  const question = makeQuestion(words, look);
  const compose = makeCompose(words);
  const log = build("div", {
    className: "log",
    label: words.log,
    attributes: { role: "log", tabindex: "0" },
  });
  const disclosure = build("p", { className: "disclosure", text: words.disclosure });
  disclosure.id = "disclosure";
  const panel = build(look.bubble ? "dialog" : "section", {
    className: "panel",
    attributes: { "aria-labelledby": "title", "aria-describedby": "disclosure" },
    children: [head.head, stage.stage, disclosure, question.ask, log, compose.compose],
  });
  const bubble = button("bubble", {
    label: words.open(words.somebody),
    icons: ["chat", "close"],
    attributes: { "aria-expanded": "false", "aria-haspopup": "dialog" },
  });
  return { bubble, panel, log, disclosure, ...head, ...stage, ...question, ...compose };
}

/**
 * @param {Words} words
 * @param {Look} look
 */
function makeHead(words, look) {
  const title = build("h2");
  title.id = "title";
  const badge = build("p", { className: "badge", text: words.badge });
  const status = build("p", { className: "status", attributes: { role: "status" } });
  const end = button("end", { text: words.end });
  const close = button("round close", { label: words.close, icons: ["close"] });
  close.hidden = !look.bubble;
  const names = build("div", { className: "names", children: [title, badge] });
  const head = build("header", { children: [names, status, end, close] });
  return { head, title, status, end, close };
}

/** @param {Words} words */
function makeStage(words) {
  const initial = build("span", { className: "initial", attributes: { "aria-hidden": "true" } });
  const poster = build("img", { hidden: true, attributes: { alt: "" } });
  const video = build("video", {
    label: words.face,
    attributes: { playsinline: "", tabindex: "-1" },
  });
  video.autoplay = true;
  const sound = button("sound primary", { text: words.sound });
  sound.hidden = true;
  const stage = build("div", { className: "stage", children: [initial, poster, video, sound] });
  return { stage, initial, poster, video, sound };
}

/**
 * @param {Words} words
 * @param {Look} look
 */
function makeQuestion(words, look) {
  const problem = build("p", { className: "problem", hidden: true, attributes: { role: "alert" } });
  const notice = build("p", { className: "notice", text: words.privacy(look.host) });
  if (look.privacyUrl) {
    const href = new URL(look.privacyUrl, document.baseURI).href;
    const attributes = { href, target: "_blank", rel: "noopener" };
    notice.append(" ", build("a", { text: words.privacyLink, attributes }));
  }
  notice.id = "notice";
  const described = { "aria-describedby": "notice" };
  const talk = button("primary", { text: words.talk, attributes: described });
  const type = button("plain", { text: words.type, attributes: described });
  const buttons = build("div", { className: "buttons", children: [talk, type] });
  const ask = build("div", { className: "ask", children: [problem, notice, buttons] });
  return { ask, problem, talk, type };
}

/** @param {Words} words */
function makeCompose(words) {
  const microphone = button("round microphone", {
    label: words.microphone.off,
    icons: ["microphone", "strike"],
  });
  const message = build("input", {
    label: words.message,
    attributes: {
      type: "text",
      maxlength: "4000",
      enterkeyhint: "send",
      autocomplete: "off",
      placeholder: words.message,
    },
  });
  const send = button("round send", { label: words.send, icons: ["send"] });
  const interrupt = button("round interrupt", { label: words.interrupt, icons: ["stop"] });
  const hint = build("p", { className: "hint", attributes: { role: "status" } });
  const bar = build("div", { className: "bar", children: [microphone, message, send, interrupt] });
  const chips = build("div", {
    className: "chips",
    label: words.questions,
    hidden: true,
    attributes: { role: "group" },
  });
  const compose = build("div", { className: "compose", children: [chips, hint, bar] });
  return { compose, chips, microphone, message, send, interrupt, hint };
}
