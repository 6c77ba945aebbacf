/**
 * `<visavis-avatar>`: a face to talk to, in a box of the page's or behind a bubble. Nothing is
 * asked of the server before it is opened, nothing of the person is sent before they agree, and
 * the microphone is asked for only then. Imports the other files of this room and the client.
 *
 * Attributes, read when the element enters a page: `bubble`; `api-url` (where this file came
 * from); `token-url` (the website's own address that answers a POST with `{"token": …}`);
 * `persona`; `avatar`; `theme` (`auto`, `light`, `dark`); `position` (`right`, `left`); `language`
 * (`en`, `de`; the page's own); `privacy-url`; `presentation` (`motion` where it can be drawn,
 * else `video`). Fires `open` and `close`; `session` has all other events.
 */

import { listPersonas, request } from "../sdk/api.js";
import { createSession } from "../sdk/client.js";
import { canDraw } from "../sdk/drawn-face.js";
import { asSessionError, SessionError } from "../sdk/errors.js";
import { keepLog } from "./log.js";
import { problemWords, wordsFor } from "./strings.js";
import { sheet } from "./style.js";
import { View } from "./view.js";

export const NAME = "visavis-avatar";
const SERVER = new URL("..", import.meta.url).href.replace(/\/$/, "");
/** How many questions are suggested, until the person says something. */
const SUGGESTED = 4;
/** Up to this width, in pixels of the page, the face takes the whole screen. */
const PHONE = "(max-width: 480px)";

class VisavisAvatar extends HTMLElement {
  /** @type {import("../sdk/client.js").Session | null} */
  #session = null;
  /** @type {View | null} */
  #view = null;
  #words = wordsFor("en");
  #server = SERVER;
  #met = false;
  /** Id of the latest conversation. */
  #talk = "";
  /** Whether the person agreed that the microphone may be used. */
  #mayHear = false;

  /** The conversation, for events and wishes; null before the element is in a page. */
  get session() {
    return this.#session;
  }

  connectedCallback() {
    this.#met = false;
    this.#server = (this.getAttribute("api-url") ?? SERVER).replace(/\/$/, "");
    this.#words = wordsFor(
      this.getAttribute("language") || document.documentElement.lang || navigator.language,
    );
    this.#session = this.#makeSession();
    const bubble = this.hasAttribute("bubble");
    const view = new View(this.#words, {
      bubble,
      theme: this.getAttribute("theme") ?? "auto",
      position: this.getAttribute("position") ?? "right",
      host: new URL(this.#server, location.href).host,
      privacyUrl: this.getAttribute("privacy-url"),
    });
    this.#view = view;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet()];
    shadow.replaceChildren(view.root);
    this.#wire(view, this.#session);
    if (!bubble) void this.#meet();
  }

  disconnectedCallback() {
    this.#session?.stop();
    this.#session = null;
    this.#view = null;
  }

  /** Opens the bubble; the person is asked before anything begins. */
  open() {
    const view = this.#view;
    if (!view || view.isOpen || !this.hasAttribute("bubble")) return;
    view.open(matchMedia(PHONE).matches);
    void this.#meet();
    this.dispatchEvent(new Event("open"));
  }

  /** Closes the bubble, and with it the conversation. */
  close() {
    const view = this.#view;
    if (!view?.isOpen || !this.hasAttribute("bubble")) return;
    this.#session?.stop();
    view.close();
    this.dispatchEvent(new Event("close"));
  }

  #makeSession() {
    const tokenUrl = this.getAttribute("token-url");
    const session = createSession(tokenUrl === null ? null : () => fetchToken(tokenUrl), {
      apiUrl: this.#server,
      persona: this.getAttribute("persona"),
      avatar: this.getAttribute("avatar"),
    });
    const wish = this.getAttribute("presentation");
    session.present(wish === "video" || !canDraw() ? "video" : "motion");
    return session;
  }

  /** Shows who is there, before anybody is asked to talk. */
  async #meet() {
    if (this.#met) return;
    this.#met = true;
    try {
      const people = await listPersonas(this.#server);
      const wanted = this.getAttribute("persona");
      const persona = people.find(({ id }) => id === wanted) ?? people[0];
      if (!persona) return;
      const own = this.getAttribute("avatar");
      const picture = own ? `/v1/avatars/${encodeURIComponent(own)}.jpg` : persona.avatar;
      this.#view?.meet(persona.name, picture ? new URL(picture, this.#server + "/").href : null);
    } catch (error) {
      this.#met = false;
      this.#view?.problem(problemWords(this.#words, asSessionError(error).code));
    }
  }

  /**
   * @param {View} view
   * @param {import("../sdk/client.js").Session} session
   */
  #wire(view, session) {
    const { parts } = view;
    session.attach(parts.video, () => view.cover());
    keepLog(session, parts.log, this.#words);
    parts.bubble.addEventListener("click", () => (view.isOpen ? this.close() : this.open()));
    parts.close.addEventListener("click", () => this.close());
    parts.panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    view.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    });
    parts.talk.addEventListener("click", () => this.#agree(true));
    parts.type.addEventListener("click", () => this.#agree(false));
    parts.end.addEventListener("click", () => session.stop());
    parts.interrupt.addEventListener("click", () => session.interrupt());
    parts.sound.addEventListener("click", () => void view.play(true));
    parts.microphone.addEventListener("click", () => this.#toggleMicrophone());
    const send = () => {
      if (session.message(parts.message.value)) parts.message.value = "";
    };
    parts.send.addEventListener("click", send);
    parts.message.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) send();
    });
    this.#follow(view, session);
  }

  /**
   * @param {View} view
   * @param {import("../sdk/client.js").Session} session
   */
  #follow(view, session) {
    session.on("connection", (connection) => {
      if (connection.state === "closed") {
        this.#mayHear = false;
        view.ended(connection.reason && problemWords(this.#words, connection.reason));
      }
      view.follow(session);
    });
    session.on("conversation", () => view.follow(session));
    session.on("microphone", ({ state }) => {
      view.follow(session);
      view.heed(state);
    });
    session.on("frame", () => view.faceShown());
    const ask = (/** @type {string} */ question) => void session.message(question);
    session.on("hello", ({ name, disclosure, questions, session: talk }) => {
      view.meet(name);
      view.disclose(disclosure);
      if (talk !== this.#talk) view.suggest((questions ?? []).slice(0, SUGGESTED), ask);
      this.#talk = talk;
    });
    session.on("user_transcript", () => view.suggest([], ask));
    session.on("error", ({ code }) => view.hint(problemWords(this.#words, code)));
    view.follow(session);
  }

  /** @param {boolean} microphone whether the person agreed to be heard */
  #agree(microphone) {
    const { session } = this;
    const view = this.#view;
    if (!session || !view) return;
    this.#mayHear ||= microphone;
    if (session.connection.state !== "closed") {
      view.talking(microphone);
      if (microphone) void session.setMicrophone(true);
      return;
    }
    view.talking(microphone);
    void view.play(false);
    session.start({ microphone }).catch(() => undefined);
  }

  #toggleMicrophone() {
    const { session } = this;
    if (!session) return;
    if (this.#mayHear) void session.setMicrophone(session.microphone.state !== "on");
    else this.#view?.askToHear();
  }
}

/**
 * @param {string} url of the website that embeds the face, which has the API key
 * @returns {Promise<string>}
 * @throws {SessionError}
 */
async function fetchToken(url) {
  const address = new URL(url, document.baseURI).href;
  const answer = /** @type {{token?: unknown}} */ (await request(address, { method: "POST" }));
  if (typeof answer?.token === "string") return answer.token;
  throw new SessionError("unauthorized", "the answer holds no token");
}

if (!customElements.get(NAME)) customElements.define(NAME, VisavisAvatar);
