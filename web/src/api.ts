// What the page and the daemon say to each other. docs/api.md has the routes.
import { signal } from "@preact/signals";

import { parse, type StreamEvent } from "./stream";

export type { StreamEvent };

export interface Session {
  user: string;
  csrf: string;
  expires_at: number | null;
  version: string;
}

export interface Choice {
  name: string | null;
  reason: string;
  better: string | null;
  message?: string;
  next_step?: string;
}

export interface Footprint {
  host: number;
  devices: Record<string, number>;
}

export interface Model {
  name: string;
  title: string;
  role: "generator" | "embedder" | "reranker";
  installed: boolean;
  remote: string;
  state: "cold" | "loading" | "ready" | "draining" | "failed";
  reason: string;
  pinned: boolean;
  leases: number;
  waiting: number;
  progress: number;
  load: { bytes: number; bytes_loaded: number; bytes_per_second: number | null; seconds_left: number | null } | null;
  planned: Footprint;
  measured: Footprint;
  load_seconds: number;
  expires_in: number | null;
  retry_in: number | null;
  licence: string;
  source: string;
  bytes: number;
  context_tokens: number;
  fetched_from: string; // "": it cannot be, or is part of the set-up
  pull: Pull | null;
}

export interface Pull {
  state: "fetching" | "checking" | "failed" | "stopped";
  done: number;
  total: number;
  bytes_per_second: number | null;
  seconds_left: number | null;
  reason: string;
  next_step: string;
}

export interface Models {
  models: Model[];
  memory: { total: number; available: number };
  generator: Choice;
  embedder: Choice;
}

export interface Place {
  document: string;
  name: string;
  inside?: string;
  page: number | null;
  last_page?: number | null;
  ocr?: boolean;
  ocr_confidence?: number | null;
  start: number;
  end: number;
  heading?: string;
  stands_in?: { kind: string; words: string; whole: boolean }[];
  quote?: string;
}

export interface Quote extends Place {
  quote: string;
  lead_in: string; // of a list's item: "The tenant shall not:"
  strength: number;
  matched: string[];
  of_kind: boolean;
}

// Who speaks after the quotes; "" is what the setting says.
export type Style = "" | "quotes" | "answer" | "memo";

export interface Citation extends Place {
  n: number;
  quote: string;
  supported: boolean;
  answer_start: number;
  answer_end: number;
}

export interface Passage extends Place {
  n: number;
  matter: string;
  quote: string;
  relevance: number;
}

export type Grade = "supported" | "near" | "unsupported";

export interface Sentence {
  start: number; // bytes of the draft
  end: number;
  needs_support: boolean;
  supported: boolean;
  why_not: string;
  grade?: Grade;
  differences?: string[]; // "not in the source: 'structural'"
}

export interface Disagreement {
  fact: string;
  former_name: boolean;
  register: { says: string; read_at: number; citation: Citation };
  document: { says: string; citation: Citation };
}

// Two documents that state different values of one thing.
export interface Contradiction {
  about: string;
  sides: { says: string; citation: Place & { quote: string } }[];
}

// What the question was taken to mean.
export interface SearchedIn {
  documents: { document: string; name: string }[];
  chosen: boolean;
  named: string[];
  question: string;
  not_there: string | null;
  places: string[];
}

export interface Answer {
  answer: string;
  outcome: "answered" | "quoted" | "unsupported" | "no_evidence";
  draft: string;
  citations: Citation[];
  sentences: Sentence[];
  passages: Passage[];
  left_out: Passage[];
  quotes?: Quote[];
  model: string | null;
  register: { number: string; name: string; read_at: number; stale: boolean } | null;
  disagreements: Disagreement[];
  contradictions?: Contradiction[];
  searched_in?: SearchedIn | null;
  notes: string[];
  seconds: number;
}

export interface Conversation {
  id: string;
  title: string;
  titled: boolean;
  used_at: number | null;
  exchanges: number;
  removed: number;
  matters: string[];
}

export interface Conversations {
  conversations: Conversation[];
  next: string | null;
}

export interface Exchange {
  id: number;
  asked_at: number | null;
  question: string;
  matters: string[];
  style: Style | "default";
  text: string;
  answer: Answer | null;
}

export interface Doc {
  id: string;
  name: string;
  matter: string;
  bytes: number;
  media_type: string;
  kind: string;
  state: "queued" | "extracting" | "embedding" | "ready" | "failed";
  reason: string;
  notes: string[];
  wants_language: boolean;
  parents: string[];
  embedded?: { id: string; name: string }[];
  superseded_by: string;
  added_at: number;
  pages: number;
  characters: number;
  chunks: number;
}

export interface DocProgress {
  id: string;
  name: string;
  state: Doc["state"];
  reason: string;
  pages_done: number;
  pages: number;
  chunks_done: number;
  chunks: number;
  chunks_per_second: number | null;
  seconds_left: number | null;
}

export interface Matter {
  name: string;
  documents: number;
  pending: number;
  bytes: number;
  chunks: number;
}

export interface Box {
  start: number;
  end: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface PageOfPassage {
  page: number;
  width: number;
  height: number;
  lines: Box[];
  words: Box[];
}

export interface OpenedPassage extends Place {
  text: string;
  matter: string;
  superseded_by: string;
  pages: PageOfPassage[];
}

export interface Structure {
  kind: string;
  level: number;
  start: number;
  end: number;
  label: string;
}

export interface Setting {
  name: string;
  value: string;
  source: string;
  default: string;
  live: boolean;
  environment: string;
  help: string;
  over_tcp: boolean;
}

export class ApiError extends Error {
  constructor(
    message: string,
    public nextStep = "",
    public code = "internal",
    public status = 0,
  ) {
    super(message);
  }
}

// Who is known here; null before it is, "nobody" when this browser is to be let in first.
export const session = signal<Session | "nobody" | null>(null);
// Does the daemon answer? It is asked again until it does.
export const reachable = signal(true);

export const UNREACHABLE = "unreachable";

function headers(change: boolean): Record<string, string> {
  const known = session.value;
  return change && known && known !== "nobody" ? { "X-Counsel-Csrf": known.csrf } : {};
}

async function send(method: string, path: string, body?: BodyInit, more: Record<string, string> = {}, signal?: AbortSignal) {
  let reply: Response;
  try {
    reply = await fetch(path, {
      method,
      body,
      signal,
      headers: { ...headers(method !== "GET"), ...more },
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    reachable.value = false;
    throw new ApiError("Counsel does not answer.", "It may be starting anew; what you wrote is kept.", UNREACHABLE);
  }
  reachable.value = true;
  if (reply.ok) return reply;
  if (reply.status === 401 && !path.startsWith("/page/")) session.value = "nobody";
  const text = await reply.text();
  let error: { message?: string; next_step?: string; code?: string } = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // a proxy's page, say
  }
  throw new ApiError(error.message ?? `HTTP status ${reply.status}`, error.next_step ?? "", error.code ?? "internal", reply.status);
}

export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const reply = await send(method, path, json, json ? { "Content-Type": "application/json" } : {}, signal);
  return (await reply.json()) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>("GET", path, undefined, signal);

export async function image(path: string, signal?: AbortSignal): Promise<string> {
  const reply = await send("GET", path, undefined, {}, signal);
  return URL.createObjectURL(await reply.blob());
}

export async function upload(file: File, matter: string, path: string): Promise<Doc & { already_there: boolean }> {
  const form = new FormData();
  form.append("matter", matter);
  if (path) form.append("path", path);
  form.append("file", file, file.name);
  return (await send("POST", "/api/documents", form)).json();
}

export async function enter(code: string): Promise<void> {
  const reply = await send("POST", "/page/session", undefined, { Authorization: `Bearer ${code}` });
  session.value = await reply.json();
}

// Server-sent events. Resolves once the daemon has begun to tell: what happens from then on is among them. They end with the
// stream, and throw when it breaks off.
export async function events(method: string, path: string, body: unknown, signal: AbortSignal): Promise<AsyncGenerator<StreamEvent>> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const reply = await send(method, path, json, json ? { "Content-Type": "application/json" } : {}, signal);
  return read(reply, signal);
}

async function* read(reply: Response, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      pending += value;
      for (let end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
        const event = parse(pending.slice(0, end));
        pending = pending.slice(end + 2);
        if (event) yield event;
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError("The connection to Counsel broke off.", "", UNREACHABLE);
  } finally {
    reader.cancel().catch(() => {});
  }
}

export const query = (parameters: Record<string, string | number | undefined>) => {
  const text = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join("&");
  return text ? `?${text}` : "";
};

export const documentPath = (id: string) => `/api/documents/${encodeURIComponent(id)}`;
