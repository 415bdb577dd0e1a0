// A document's text, with what is known of its parts: headings, clauses, tracked changes, comments, footnotes.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import * as api from "./api";
import { pointsToUnits } from "./format";
import { Trouble, useLoad } from "./parts";
import { t } from "./texts";

const AROUND = 6000;
const STEP = 20000;

interface Loaded {
  start: number;
  end: number;
  text: string;
  structure: api.Structure[];
}

interface Piece {
  text: string;
  classes: string;
  marked: boolean;
  by: string; // whoever inserted or deleted it, and when; deletions, comments and footnotes say it in their text too
  level: number;
}

// The text cut wherever something begins or ends.
function piecesOf(loaded: Loaded, start?: number, end?: number): Piece[] {
  const cuts = new Set([loaded.start, loaded.end]);
  const add = (at: number | undefined) => at !== undefined && at > loaded.start && at < loaded.end && cuts.add(at);
  for (const part of loaded.structure) {
    add(part.start);
    add(part.end);
  }
  add(start);
  add(end);
  const sorted = [...cuts].sort((a, b) => a - b);
  const begins = new Map<number, api.Structure[]>();
  for (const part of loaded.structure) begins.set(part.start, [...(begins.get(part.start) ?? []), part]);
  const pieces: Piece[] = [];
  let open: api.Structure[] = [];
  let units = 0;
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [from, to] = [sorted[i], sorted[i + 1]];
    open = [...open.filter((part) => part.end > from), ...(i === 0 ? loaded.structure.filter((p) => p.start <= from && p.end > from) : begins.get(from) ?? [])];
    const length = pointsToUnits(loaded.text.slice(units), to - from);
    pieces.push({
      text: loaded.text.slice(units, units + length),
      classes: open.map((part) => `is-${part.kind}`).join(" "),
      marked: start !== undefined && end !== undefined && from >= start && to <= end,
      by: open.find((part) => part.kind === "insertion" || part.kind === "deletion")?.label ?? "",
      level: open.find((part) => part.kind === "heading")?.level ?? 0,
    });
    units += length;
  }
  return pieces;
}

function PieceView({ piece, first }: { piece: Piece; first: (node: HTMLElement | null) => void }) {
  const inner = piece.marked ? <mark ref={first}>{piece.text}</mark> : piece.text;
  if (piece.classes.includes("is-deletion")) return <del class={piece.classes}>{inner}</del>;
  if (piece.classes.includes("is-insertion")) {
    return (
      <ins class={piece.classes} title={`${t.place.inserted} ${piece.by}`}>
        {inner}
      </ins>
    );
  }
  if (piece.level) {
    return (
      <span class={piece.classes} role="heading" aria-level={Math.min(6, piece.level + 2)}>
        {inner}
      </span>
    );
  }
  return <span class={piece.classes}>{inner}</span>;
}

export function TextSheet({ document, start, end }: { document: api.Doc; start?: number; end?: number }) {
  const [from, setFrom] = useState(Math.max(0, (start ?? 0) - AROUND));
  const [to, setTo] = useState(Math.min(document.characters, (end ?? start ?? 0) + STEP));
  const first = useRef<HTMLElement | null>(null);
  useEffect(() => {
    setFrom(Math.max(0, (start ?? 0) - AROUND));
    setTo(Math.min(document.characters, (end ?? start ?? 0) + STEP));
  }, [document.id, start, end]);
  const { value, error, busy, again } = useLoad(
    (signal) => api.get<Loaded>(`${api.documentPath(document.id)}/text?start=${from}&end=${to}`, signal),
    [document.id, from, to],
  );
  const pieces = useMemo(() => (value ? piecesOf(value, start, end) : []), [value, start, end]);
  useEffect(() => {
    first.current?.scrollIntoView({ block: "center" });
  }, [pieces]);
  let seen = false;
  return (
    <div class="textsheet" aria-busy={busy}>
      <Trouble error={error} retry={again} />
      {from > 0 && (
        <button type="button" class="quiet" onClick={() => setFrom(Math.max(0, from - STEP))}>
          {t.place.before}
        </button>
      )}
      <div class="text">
        {pieces.map((piece, i) => {
          const here = piece.marked && !seen;
          seen = seen || piece.marked;
          return <PieceView key={i} piece={piece} first={(node) => here && (first.current = node)} />;
        })}
      </div>
      {to < document.characters && (
        <button type="button" class="quiet" onClick={() => setTo(Math.min(document.characters, to + STEP))}>
          {t.place.after}
        </button>
      )}
    </div>
  );
}
