/** Types of the Visavis client. `tests/sdk-types.js` holds them against the code. */

import type {
  AgentTranscriptEvent,
  BudgetEvent,
  CaptionEvent,
  ClosingEvent,
  ErrorEvent,
  HelloEvent,
  PresentationEvent,
  ServerEvent,
  StateEvent,
  ToolCallEvent,
  TurnEvent,
  UserTranscriptEvent,
} from "./event_types.js";

export type Presentation = "video" | "motion" | "audio" | "text";
export type Emotion = "neutral" | "happy" | "sad" | "surprised" | "concerned" | "thinking";
export type ConversationState = "idle" | "listening" | "thinking" | "speaking";
export type MicrophoneState = "off" | "asking" | "on" | "muted" | "refused" | "missing";
export type GestureName =
  | "nod"
  | "shake"
  | "wink"
  | "brows"
  | "tilt"
  | "tilt_left"
  | "tilt_right"
  | "brow_raise"
  | "wink_left"
  | "wink_right"
  | "look_left"
  | "look_right"
  | "look_up"
  | "look_down";

/** A session token, or what fetches one: it is called whenever a session is opened. */
export type Token = string | (() => string | Promise<string>);

/** A state, and why it is in it; an empty reason if that goes without saying. */
export interface Reasoned<S extends string> {
  state: S;
  reason: string;
}

export interface Connection extends Reasoned<
  "connecting" | "connected" | "reconnecting" | "closed"
> {
  /** When it is tried again, in milliseconds of the wall clock. */
  retryAtMs: number | null;
}

export interface SessionOptions {
  /** Address of the server; the page's own if left out. */
  apiUrl?: string;
  /** Who to talk to; the server's default if left out. */
  persona?: string | null;
  /** With which face; the persona's own if left out. */
  avatar?: string | null;
  /** What stands for the variables of the persona's texts. */
  variables?: Record<string, string> | null;
  /** False: the avatar says nothing before it is asked to; your own `speak` can be the first. */
  greet?: boolean;
}

/** What `on` and `off` can listen to, and what listeners get. */
export interface SessionEvents {
  connection: Connection;
  conversation: Reasoned<ConversationState>;
  microphone: Reasoned<MicrophoneState>;
  /** A frame reached the screen. */
  frame: { pts: number | null; at_ms: number };
  /**
   * What the face does in a frame that reached the screen, where it is drawn on this device: a value
   * for each of `MOTION_CHANNELS`. Frames that this screen left out come too, before the next.
   */
  motion: { pts: number; at_ms: number; values: Float32Array };
  hello: HelloEvent;
  presentation: PresentationEvent;
  user_transcript: UserTranscriptEvent;
  agent_transcript: AgentTranscriptEvent;
  caption: CaptionEvent;
  turn: TurnEvent;
  state: StateEvent;
  budget: BudgetEvent;
  tool_call: ToolCallEvent;
  error: ErrorEvent;
  closing: ClosingEvent;
  /** Any event of the server, and any that was sent to it. */
  received: ServerEvent & { type: string };
  sent: ServerEvent & { type: string };
  /** A message that is no event, or none that this version knows; it is passed over. */
  invalid: { type: string; problems: string[] };
}

/** Why a session could not be opened, or ended. */
export class SessionError extends Error {
  constructor(
    code: string,
    message: string,
    details?: { status?: number; retryAfter?: number | null },
  );
  /** Stable: `unauthorized`, `token_expired`, `origin_mismatch`, `server_full`, `network`, … */
  code: string;
  /** HTTP status; 0 if there was none. */
  status: number;
  /** Seconds after which trying again makes sense. */
  retryAfter: number | null;
}

/**
 * A conversation with a face. Methods that return a boolean tell whether the wish was sent; those
 * that return an id return null if it was not.
 */
export class Session extends EventTarget {
  constructor(options?: SessionOptions & { token?: Token | null });
  readonly connection: Connection;
  readonly conversation: Reasoned<ConversationState>;
  get microphone(): Reasoned<MicrophoneState>;
  set persona(persona: string | null);
  set avatar(avatar: string | null);
  /** What stands for the variables of its texts, from the next start on. */
  set variables(variables: Record<string, string> | null);

  /** Listens; returns what stops it. */
  on<K extends keyof SessionEvents>(
    type: K,
    listener: (detail: SessionEvents[K]) => void,
  ): () => void;
  off<K extends keyof SessionEvents>(type: K, listener: (detail: SessionEvents[K]) => void): void;

  /** Says where face and voice appear; `makeCanvas` makes a canvas that covers the video. */
  attach(video: HTMLVideoElement, makeCanvas?: (() => HTMLCanvasElement) | null): void;
  present(presentation: Presentation): void;
  /** Connects. Throws SessionError. */
  start(options?: { microphone?: boolean }): Promise<void>;
  stop(): void;

  /** Has the avatar say something word for word; returns the `request` of what follows. */
  speak(text: string): string | null;
  /** Has the avatar answer something; returns the `request` of what follows. */
  message(text: string): string | null;
  interrupt(): boolean;
  /** The person holds a button to talk, or lets go: what is said between is one turn. */
  pushToTalk(pressed: boolean): boolean;
  /**
   * What variables of its texts stand for from now on; those not named stay. A new `hello` answers,
   * or an `error`: `unknown_variable`, `bad_variable`.
   */
  setVariables(variables: Record<string, string>): boolean;
  /** How fast it speaks from the next thing it says on, 0.5 to 2. */
  setSpeed(speed: number): boolean;
  setEmotion(emotion: Emotion, intensity?: number): boolean;
  gesture(name: GestureName): boolean;
  lookAt(x: number, y: number, seconds?: number): boolean;

  setMicrophone(on: boolean): Promise<void>;
  chooseMicrophone(deviceId: string): Promise<void>;
  /** Loudness, 0 to 1. */
  microphoneLevel(): Promise<number>;
  devices(): Promise<{ microphones: MediaDeviceInfo[]; speakers: MediaDeviceInfo[] }>;
}

/** Makes a session, not started yet. `token` may be null where sessions are open to all. */
export function createSession(token: Token | null, options?: SessionOptions): Session;

/** The names of a motion's values: ARKit's 52 shapes, then others, pose and gaze. */
export const MOTION_CHANNELS: readonly string[];

export interface Persona {
  id: string;
  name: string;
  description: string;
  /** Address of a picture, relative to the server's. */
  avatar: string | null;
}

export function listPersonas(apiUrl: string): Promise<Persona[]>;

export interface PageTool {
  description: string;
  /** JSON schema of its arguments, an object. */
  parameters: Record<string, unknown>;
  run(args: Record<string, unknown>): unknown;
}

/** Offers functions of the page to the language model; returns what takes them back. */
export function offerTools(session: Session, tools: Record<string, PageTool>): () => void;
