/**
 * The kiosk: joins the visitor's cycle and the watchdog to the session and the document.
 * Imports the other parts.
 */

import { listPersonas, request } from "../sdk/api.js";
import { createSession } from "../sdk/client.js";
import { wallClock } from "../sdk/clock.js";
import { asSessionError, SessionError } from "../sdk/errors.js";
import { Suggestions } from "../sdk/suggestions.js";
import { Attract } from "./attract.js";
import { Captions } from "./captions.js";
import { Face } from "./face.js";
import { questionsFor } from "./questions.js";
import { Senses } from "./senses.js";
import { languages } from "./strings.js";
import { followHealth, reloadPage, rememberStart, untilReload } from "./upkeep.js";
import { View } from "./view.js";
import { Visit } from "./visit.js";
import { Watchdog } from "./watchdog.js";

/** @typedef {import("./config.js").Config} Config */
/** @typedef {import("./visit.js").VisitEvent} VisitEvent */

const TICK_MS = 250;
const EXAMPLE_MS = 6_000;
const LEVEL_MS = 100;
/** How a visitor is greeted: with a smile, as an answer's tags say it. */
const SMILE = "[happy:0.5] ";
const now = () => performance.now();

/** One kiosk, from its start on. */
export class Kiosk {
  session;
  #config;
  #view;
  #visit;
  #watchdog = new Watchdog(now, now() + untilReload());
  #captions;
  #face;
  #attract;
  #senses = new Senses();
  #suggestions = new Suggestions();
  /** @type {readonly string[]} */
  #questions = [];
  #persona;
  #greeting = "";
  /** Whether the server is about to greet by itself, as it does in each new session. */
  #greetingDue = false;
  /** Whether what is being said was interrupted. */
  #hushed = false;
  #sessionId = "";
  /** Id of the session that the visitor had when the server was lost. */
  #lostId = "";
  /** Settled when the latest start has succeeded, failed or been given up. */
  #starting = Promise.resolve();
  #exampleAt = 0;
  #example = 0;

  /** @param {Config} config */
  constructor(config) {
    this.#config = config;
    this.#persona = this.#personaFor(config.language);
    this.#view = new View(config);
    this.#visit = new Visit(config, now);
    const token = config.tokenUrl === null ? config.token : fetchToken(config.tokenUrl);
    this.session = createSession(token, { persona: this.#persona, avatar: config.avatar });
    this.session.present(config.show);
    this.#face = new Face(this.session);
    this.#captions = new Captions(this.session);
    this.#attract = new Attract(this.session);
    this.#followSession();
    this.#wire();
    const choices = config.languages.length > 0 ? config.languages : languages;
    this.#view.offerLanguages(choices, (language) => this.#choose(language));
    this.#view.translate(config.language);
    this.#view.phase("setup");
    this.#suggest();
    void this.#introduce();
  }

  /** Opens the kiosk to visitors. */
  begin() {
    rememberStart();
    this.#senses.open(this.#config);
    this.#senses.addEventListener("voice", () => this.#hearSomebody());
    this.#senses.addEventListener("motion", () => this.#take({ type: "presence" }));
    const watchdog = this.#watchdog;
    followHealth((health) => watchdog.health(health));
    const online = () => watchdog.online(navigator.onLine);
    for (const type of ["online", "offline"]) addEventListener(type, online);
    online();
    document.addEventListener("visibilitychange", () => watchdog.visible(!document.hidden));
    watchdog.visible(!document.hidden);
    this.#take({ type: "begin" });
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => void this.#meter(), LEVEL_MS);
  }

  /** Somebody touched the kiosk. */
  touch() {
    this.#take({ type: "touch" });
  }

  /** @param {VisitEvent} event */
  #take(event) {
    const before = this.#visit.phase;
    const commands = this.#visit.handle(event);
    if (this.#visit.phase !== before) this.#enter();
    for (const command of commands) this.#do(command);
  }

  /** @param {import("./visit.js").Command} command */
  #do(command) {
    if (command === "open") this.#watchdog.begin();
    else if (command === "listen") void this.session.setMicrophone(true);
    else if (command === "greet") this.#greet();
    else this.#renew();
    if (command === "open" || command === "renew") this.#mend();
  }

  /** What each phase looks and sounds like. */
  #enter() {
    const { phase } = this.#visit;
    const visited = phase !== "setup" && phase !== "attract" && phase !== "offline";
    if (phase === "offline") {
      this.#lostId = this.#sessionId;
      this.#view.trouble(this.#watchdog.trouble ?? "starting");
    }
    if (phase === "attract") {
      this.#forget();
      this.#speakLanguage(this.#config.language);
      this.#attract.begin();
    } else {
      this.#attract.end();
    }
    this.#face.sound(visited);
    this.#view.phase(phase);
  }

  #renew() {
    this.#forget();
    this.#watchdog.renew();
    this.session.close();
  }

  /** Nothing of a visitor is left for the next one. */
  #forget() {
    this.#captions.wipe();
    this.#view.hideTyping();
    this.#suggest();
  }

  #greet() {
    this.#captions.wipe();
    const due = this.#greetingDue || this.session.connection.state !== "connected";
    if (!due && this.#greeting !== "") this.session.speak(SMILE + this.#greeting);
  }

  #tick() {
    const watchdog = this.#watchdog;
    this.#mend();
    this.#hush();
    const { trouble } = watchdog;
    if (trouble !== null) {
      this.#view.trouble(trouble);
      this.#take({ type: "lost" });
    } else if (watchdog.works && this.#visit.phase === "offline") {
      this.#comeBack();
    }
    this.#take({ type: "tick" });
    if (this.#visit.phase === "leaving") this.#view.countDown(this.#visit.secondsLeft);
    if (this.#visit.phase === "attract") this.#showExample();
  }

  #comeBack() {
    const same = this.#sessionId === this.#lostId;
    const chosen = this.#persona;
    this.#take({ type: "back", same });
    // the session began with the person that a visitor had chosen, who is gone
    if (!same && chosen !== this.#persona) this.#renew();
  }

  /** Does what the watchdog finds necessary. */
  #mend() {
    const remedy = this.#watchdog.tick();
    if (remedy === "none") return;
    if (remedy === "reload") {
      void reloadPage().then((reloading) => {
        if (!reloading) void this.#start();
      });
      return;
    }
    void this.#start();
  }

  /** Ends the session there is, if there is one, and then begins another. */
  async #start() {
    this.session.close();
    await this.#starting;
    this.#starting = this.session.start({ microphone: false }).catch((error) => {
      console.info(`session not started: ${asSessionError(error).code}`);
    });
    this.#face.sound(this.#visit.phase === "greeting");
  }

  #followSession() {
    const { session } = this;
    session.on("connection", ({ state, reason, retryAtMs }) => {
      const wait = retryAtMs === null ? null : retryAtMs - wallClock();
      this.#watchdog.connection(state, reason, wait);
      document.body.dataset.connection = state;
    });
    session.on("frame", () => this.#watchdog.frame());
    session.on("presentation", ({ presentation }) => {
      this.#watchdog.pictures(presentation === "video" || presentation === "motion");
    });
    session.on("hello", (hello) => this.#helloed(hello));
    session.on("conversation", ({ state }) => this.#converse(state));
    session.on("microphone", () => this.#followStates());
    session.on("user_transcript", ({ text }) => {
      if (text.trim() !== "") this.#take({ type: "words" });
    });
    this.#followStates();
  }

  /** @param {import("../sdk/protocol.js").ServerEventOf<"hello">} hello */
  #helloed({ session, name, language, avatar, greeting, disclosure, questions }) {
    this.#greetingDue = session !== this.#sessionId && greeting !== "";
    this.#sessionId = session;
    this.#greeting = greeting;
    this.#questions = questionsFor(this.#config.questions, questions ?? [], language);
    this.#view.meet({ name, language, disclosure });
    this.#face.expect(`/v1/avatars/${encodeURIComponent(avatar)}.jpg`);
    this.#suggest();
  }

  /** @param {import("../sdk/session.js").ConversationState} state */
  #converse(state) {
    this.#followStates();
    const busy = state === "speaking" || state === "thinking";
    if (state === "speaking") this.#greetingDue = false;
    else this.#hushed = false;
    this.#hush();
    this.#take({ type: "busy", busy });
  }

  /** Whoever speaks although nobody is there is interrupted, as soon as that can be said. */
  #hush() {
    const { phase } = this.#visit;
    const alone = phase === "attract" || (phase === "offline" && this.#sessionId !== this.#lostId);
    if (!alone || this.#hushed || this.session.conversation.state !== "speaking") return;
    this.#hushed = this.session.interrupt();
  }

  #followStates() {
    this.#view.follow({
      conversation: this.session.conversation.state,
      microphone: this.session.microphone.state,
    });
  }

  /** A voice at the kiosk counts while nobody is in a conversation; then words do. */
  #hearSomebody() {
    const { phase } = this.#visit;
    if (phase === "attract" || phase === "greeting") this.#take({ type: "presence" });
  }

  #wire() {
    const { parts } = this.#view;
    const act = (/** @type {HTMLElement} */ element, /** @type {() => void} */ handle) =>
      element.addEventListener("click", handle);
    act(parts.speak, () => this.#take({ type: "join", microphone: true }));
    act(parts.touchOnly, () => this.#take({ type: "join", microphone: false }));
    act(parts.microphone, () => {
      void this.session.setMicrophone(this.session.microphone.state !== "on");
    });
    act(parts.interrupt, () => this.session.interrupt());
    act(parts.over, () => this.#take({ type: "over" }));
    act(parts.write, () => {
      if (parts.typing.hidden) this.#view.showTyping();
      else this.#view.hideTyping();
    });
    act(parts.sound, () => this.#face.sound(true));
    this.#face.addEventListener("muted", (event) => {
      parts.sound.hidden = !(/** @type {CustomEvent<boolean>} */ (event).detail);
    });
    parts.typing.addEventListener("submit", (event) => {
      event.preventDefault();
      if (parts.message.value.trim() === "") return;
      if (this.#ask(parts.message.value)) parts.message.value = "";
    });
    parts.leave.addEventListener("click", (event) => {
      event.stopPropagation();
      this.#take({ type: "leave" });
    });
    parts.leaving.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.touch();
    });
  }

  /**
   * @param {string} question
   * @returns {boolean} whether it was asked
   */
  #ask(question) {
    if (!this.session.message(question)) return false;
    this.#captions.ask(question);
    this.#take({ type: "join", microphone: false });
    this.#suggestions.asked(question);
    this.#showSuggestions();
    return true;
  }

  #suggest() {
    this.#suggestions.begin(this.#questions);
    this.#showSuggestions();
  }

  #showSuggestions() {
    this.#view.prompt(this.#suggestions.shown, (question) => this.#ask(question));
  }

  #showExample() {
    if (now() - this.#exampleAt < EXAMPLE_MS || this.#questions.length === 0) return;
    this.#exampleAt = now();
    this.#view.example(this.#questions[this.#example % this.#questions.length] ?? "");
    this.#example += 1;
  }

  async #meter() {
    if (this.session.microphone.state !== "on" || document.hidden) return;
    const heard = await this.session.microphoneLevel();
    this.#view.hear(Math.min(1, Math.sqrt(heard) * 1.4));
  }

  /** A visitor chooses a language, and with it perhaps another person. @param {string} language */
  #choose(language) {
    const another = this.#personaFor(language) !== this.#persona;
    this.#speakLanguage(language);
    this.#take({ type: another ? "over" : "touch" });
  }

  /** @param {string} language */
  #speakLanguage(language) {
    this.#persona = this.#personaFor(language);
    this.session.persona = this.#persona;
    this.#view.translate(language);
    this.#followStates();
  }

  /** @param {string} language */
  #personaFor(language) {
    return this.#config.personas[language] ?? this.#config.persona;
  }

  /** Shows who will be here, before there is a session. */
  async #introduce() {
    try {
      const people = await listPersonas("");
      const person = people.find(({ id }) => id === this.#persona) ?? people[0];
      if (!person || this.#sessionId !== "") return;
      this.#view.meet({ name: person.name });
      if (person.avatar) this.#face.expect(person.avatar);
    } catch (error) {
      console.info(`nobody introduced: ${asSessionError(error).code}`);
    }
  }
}

/**
 * @param {string} url that answers a POST with a session token
 * @returns {() => Promise<string>}
 */
function fetchToken(url) {
  return async () => {
    const answer = /** @type {{token?: unknown}} */ (await request(url, { method: "POST" }));
    if (typeof answer?.token === "string") return answer.token;
    throw new SessionError("unauthorized", "the answer holds no token");
  };
}
