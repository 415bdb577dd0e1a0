// Files that were dropped or chosen, sent a few at a time.
import { signal } from "@preact/signals";

import * as api from "./api";
import { bytes } from "./format";
import { documentsChanged, refreshMatters } from "./state";
import { t } from "./texts";

const AT_ONCE = 3;
const LIMIT = 256 * 1024 * 1024;

export interface Found {
  file: File;
  path: string; // within the folder that was dropped
}

export interface Uploading {
  total: number;
  done: number;
  added: number;
  known: number;
  refused: { name: string; why: string }[];
}

export const uploading = signal<Uploading | null>(null);
export const targetMatter = signal("general");
let queue: (Found & { matter: string })[] = [];
let active = 0;

function change(next: Partial<Uploading>) {
  uploading.value = { ...(uploading.value ?? { total: 0, done: 0, added: 0, known: 0, refused: [] }), ...next };
}

function refuse(name: string, why: string) {
  const now = uploading.value!;
  change({ done: now.done + 1, refused: [...now.refused, { name, why }] });
}

async function send(one: Found & { matter: string }) {
  if (one.file.size > LIMIT) return refuse(one.path || one.file.name, t.documents.tooLarge(bytes(LIMIT)));
  if (one.file.size === 0) return refuse(one.path || one.file.name, t.documents.empty);
  for (;;) {
    try {
      const document = await api.upload(one.file, one.matter, one.path);
      const now = uploading.value!;
      return change({ done: now.done + 1, added: now.added + (document.already_there ? 0 : 1), known: now.known + (document.already_there ? 1 : 0) });
    } catch (error) {
      const failed = error as api.ApiError;
      // A daemon that is gone comes back, and a full line moves on; what was refused stays refused.
      if (failed.code !== "unreachable" && failed.status !== 503) return refuse(one.path || one.file.name, failed.message);
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

function pump() {
  while (active < AT_ONCE && queue.length) {
    const one = queue.shift()!;
    active++;
    void send(one).finally(() => {
      active--;
      if (!queue.length && !active) {
        documentsChanged.value++;
        void refreshMatters();
      }
      pump();
    });
  }
}

// Leaving would lose what has not been sent.
addEventListener("beforeunload", (event) => {
  if (queue.length || active) event.preventDefault();
});

export function add(found: Found[], matter: string) {
  if (!found.length) return;
  const now = uploading.value;
  const over = !now || now.done === now.total;
  const refused = over ? [] : now.refused;
  uploading.value = over ? { total: 0, done: 0, added: 0, known: 0, refused } : now;
  change({ total: uploading.value!.total + found.length });
  queue.push(...found.map((one) => ({ ...one, matter })));
  pump();
}

export function ofInput(list: FileList): Found[] {
  return [...list].map((file) => ({ file, path: (file as any).webkitRelativePath || "" }));
}

// Files and folders of a drop, folders read to their ends.
export async function ofDrop(transfer: DataTransfer): Promise<Found[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean) as FileSystemEntry[];
  if (!entries.length) return ofInput(transfer.files);
  const found: Found[] = [];
  const walk = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
      found.push({ file, path: folder ? `${folder}/${entry.name}` : "" });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const inner of some) await walk(inner, folder ? `${folder}/${entry.name}` : entry.name);
    }
  };
  for (const entry of entries) await walk(entry, "");
  return found;
}
