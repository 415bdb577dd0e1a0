// The place of a citation: on its page, or in its text.
import { useEffect, useRef, useState } from "preact/hooks";

import * as api from "./api";
import { unitsToPoints } from "./format";
import { PageSheet } from "./pagesheet";
import { Trouble, useLoad } from "./parts";
import { among, closePlace, shown, type Shown } from "./state";
import { t } from "./texts";
import { TextSheet } from "./textsheet";

const ZOOMS = [0.6, 0.8, 1, 1.25, 1.5, 2, 3];

// A format whose pages can be drawn.
const hasPages = (document: api.Doc) => document.pages > 0 && /pdf|image/.test(document.media_type);

function useFind(document: api.Doc | null, move: (start: number, end: number) => Promise<void>) {
  const [words, setWords] = useState("");
  const [hits, setHits] = useState<[number, number][] | null>(null);
  const [at, setAt] = useState(0);
  const [error, setError] = useState<Error | null>(null);
  const text = useRef<{ id: string; text: string } | null>(null);
  const go = (list: [number, number][], i: number) => {
    if (!list.length) return;
    const next = (i + list.length) % list.length;
    setAt(next);
    move(...list[next]).then(() => setError(null), setError);
  };
  const look = async () => {
    if (!document || !words.trim()) return setHits(null);
    if (text.current?.id !== document.id) {
      const whole = await api.get<{ text: string }>(`${api.documentPath(document.id)}/text`);
      text.current = { id: document.id, text: whole.text };
    }
    const escaped = words.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    const found: [number, number][] = [];
    let units = 0;
    let points = 0;
    for (const match of text.current.text.matchAll(new RegExp(escaped, "giu"))) {
      points += unitsToPoints(text.current.text.slice(units, match.index), match.index - units);
      units = match.index;
      found.push([points, points + unitsToPoints(match[0], match[0].length)]);
      if (found.length === 1000) break;
    }
    setHits(found);
    go(found, 0);
  };
  const find = () => look().catch(setError);
  return { words, setWords, hits, at, error, find, next: () => hits && go(hits, at + 1), previous: () => hits && go(hits, at - 1) };
}

function Turning({ page, pages, turn }: { page: number; pages: number; turn: (page: number) => void }) {
  return (
    <span class="turning">
      <button type="button" class="icon" aria-label={t.place.previousPage} disabled={page <= 1} onClick={() => turn(page - 1)}>
        ‹
      </button>
      <input
        type="number"
        aria-label={t.place.pageField}
        min={1}
        max={pages}
        value={page}
        onChange={(event) => turn(Math.min(pages, Math.max(1, event.currentTarget.valueAsNumber || page)))}
      />
      <span class="faint">/ {pages}</span>
      <button type="button" class="icon" aria-label={t.place.nextPage} disabled={page >= pages} onClick={() => turn(page + 1)}>
        ›
      </button>
    </span>
  );
}

function Opened({ place }: { place: Shown }) {
  const { value: document, error, again } = useLoad((signal) => api.get<api.Doc>(api.documentPath(place.document), signal), [place.document]);
  const [page, setPage] = useState(place.page ?? 1);
  const [asText, setAsText] = useState(false);
  const [zoom, setZoom] = useState(2);
  const [unplaced, setUnplaced] = useState(false);
  const move = async (start: number, end: number) => {
    const at = await api.get<api.OpenedPassage>(`${api.documentPath(place.document)}/passage?start=${start}&end=${end}`);
    shown.value = { ...place, start, end, page: at.page };
  };
  const find = useFind(document, move);
  useEffect(() => setPage(place.page ?? 1), [place]);
  const list = among.value;
  const at = list.findIndex((one) => one.document === place.document && one.start === place.start);
  const paged = document !== null && hasPages(document);
  const text = asText || !paged;
  return (
    <>
      <div class="tools">
        {paged && (
          <span class="switch" role="group">
            <button type="button" aria-pressed={!text} onClick={() => setAsText(false)}>
              {t.place.pageView}
            </button>
            <button type="button" aria-pressed={text} onClick={() => setAsText(true)}>
              {t.place.textView}
            </button>
          </span>
        )}
        {!text && document && <Turning page={page} pages={document.pages} turn={setPage} />}
        {!text && (
          <span>
            <button type="button" class="icon" aria-label={t.place.zoomOut} disabled={zoom === 0} onClick={() => setZoom(zoom - 1)}>
              −
            </button>
            <button type="button" class="icon" aria-label={t.place.zoomIn} disabled={zoom === ZOOMS.length - 1} onClick={() => setZoom(zoom + 1)}>
              +
            </button>
          </span>
        )}
        <form
          class="find"
          onSubmit={(event) => {
            event.preventDefault();
            find.find();
          }}
        >
          <input type="search" aria-label={t.place.find} placeholder={t.place.find} value={find.words} onInput={(e) => find.setWords(e.currentTarget.value)} />
          {find.hits && (
            <>
              <span role="status">{t.place.found(find.at + 1, find.hits.length)}</span>
              <button type="button" class="icon" aria-label={t.place.previousHit} onClick={find.previous}>
                ‹
              </button>
              <button type="button" class="icon" aria-label={t.place.nextHit} onClick={find.next}>
                ›
              </button>
            </>
          )}
        </form>
        {list.length > 1 && at >= 0 && (
          <span>
            <button type="button" class="icon" aria-label={t.place.previousCitation} disabled={at === 0} onClick={() => (shown.value = list[at - 1])}>
              ↑
            </button>
            <span class="faint">
              {at + 1} / {list.length}
            </span>
            <button type="button" class="icon" aria-label={t.place.nextCitation} disabled={at === list.length - 1} onClick={() => (shown.value = list[at + 1])}>
              ↓
            </button>
          </span>
        )}
      </div>
      <Trouble error={error} retry={again} />
      <Trouble error={find.error} />
      {document?.superseded_by && <p class="note-line">{t.place.older}</p>}
      {!text && unplaced && <p class="note-line">{t.place.noBoxes}</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={document?.name ?? place.name}>
        {document && !text && <PageSheet document={document} page={page} start={place.start} end={place.end} zoom={ZOOMS[zoom]} unplaced={setUnplaced} />}
        {document && text && <TextSheet document={document} start={place.start} end={place.end} />}
      </div>
      {document && (
        <p class="foot">
          {document.notes.length > 0 && <span>{document.notes.join(" ")} </span>}
          <a href={`${api.documentPath(document.id)}/original`} download={document.name}>
            {t.place.download}
          </a>
        </p>
      )}
    </>
  );
}

export function PlacePanel() {
  const place = shown.value;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [place?.document]);
  if (!place) return null;
  return (
    <aside
      class="place"
      aria-label={t.place.title}
      onKeyDown={(event) => {
        if (event.key === "Escape") closePlace();
      }}
    >
      <header>
        <h2 ref={title} tabIndex={-1}>
          <bdi>{place.name}</bdi>
        </h2>
        <button type="button" class="icon" aria-label={t.close} onClick={closePlace}>
          ×
        </button>
      </header>
      <Opened key={place.document} place={place} />
    </aside>
  );
}
