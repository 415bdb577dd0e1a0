// One page of a document as an image that the sandbox drew, with the passage marked and its words laid over it, unseen
// but selectable.
import { useEffect, useMemo, useRef } from "preact/hooks";

import * as api from "./api";
import { pointsToUnits } from "./format";
import { Trouble, useLoad } from "./parts";
import { t } from "./texts";

// Pages turned to lately: a blob each, given back when others come.
const MOST_KEPT = 6;
const kept = new Map<string, Promise<string>>();

export function pageImage(document: string, page: number): Promise<string> {
  const key = `${document}/${page}`;
  const there = kept.get(key);
  if (there) return there;
  const url = api.image(`${api.documentPath(document)}/page/${page}.png`);
  kept.set(key, url);
  url.catch(() => kept.delete(key));
  while (kept.size > MOST_KEPT) {
    const [oldest, old] = kept.entries().next().value!;
    kept.delete(oldest);
    old.then(URL.revokeObjectURL, () => {});
  }
  return url;
}

const words = new Map<string, Promise<api.OpenedPassage | null>>();

// What stands on it; null for a page without text.
function pageWords(document: string, page: number): Promise<api.OpenedPassage | null> {
  const key = `${document}/${page}`;
  let there = words.get(key);
  if (!there) {
    there = api.get<api.OpenedPassage>(`${api.documentPath(document)}/passage?page=${page}`).catch((error: api.ApiError) => {
      if (error.status === 404) return null;
      words.delete(key);
      throw error;
    });
    words.set(key, there);
    if (words.size > MOST_KEPT) words.delete(words.keys().next().value!);
  }
  return there;
}

// Words of the range, those of one line joined.
function marksOf(all: api.Box[], start: number, end: number): api.Box[] {
  const lines: api.Box[] = [];
  for (const word of all) {
    if (word.start >= end || word.end <= start) continue;
    const last = lines[lines.length - 1];
    const height = Math.min(word.bottom - word.top, last ? last.bottom - last.top : 0);
    const overlap = last ? Math.min(last.bottom, word.bottom) - Math.max(last.top, word.top) : 0;
    if (last && overlap > height / 2 && word.left >= last.left && word.left - last.right < 3 * height) {
      last.right = Math.max(last.right, word.right);
      last.top = Math.min(last.top, word.top);
      last.bottom = Math.max(last.bottom, word.bottom);
    } else {
      lines.push({ ...word });
    }
  }
  return lines;
}

const percent = (value: number, of: number) => `${((100 * value) / of).toFixed(3)}%`;

function TextLayer({ passage, page }: { passage: api.OpenedPassage; page: api.PageOfPassage }) {
  const layer = useRef<HTMLDivElement>(null);
  // Each word is as wide as its box: it is measured once it stands there.
  useEffect(() => {
    const fit = () => {
      const sheet = layer.current;
      if (!sheet) return;
      const scale = sheet.clientHeight / page.height;
      const spans = [...sheet.children] as HTMLElement[];
      page.words.forEach((word, i) => {
        spans[i].style.fontSize = `${(word.bottom - word.top) * scale * 0.85}px`;
        spans[i].style.transform = "none";
      });
      const widths = spans.map((span) => span.offsetWidth);
      page.words.forEach((word, i) => {
        const wanted = (word.right - word.left) * (sheet.clientWidth / page.width);
        if (widths[i] > 0) spans[i].style.transform = `scaleX(${(wanted / widths[i]).toFixed(3)})`;
      });
    };
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(layer.current!);
    return () => watch.disconnect();
  }, [page]);
  const spans = useMemo(() => {
    let points = passage.start;
    let units = 0;
    return page.words.map((word) => {
      units += pointsToUnits(passage.text.slice(units), word.start - points);
      points = word.start;
      const length = pointsToUnits(passage.text.slice(units), word.end - word.start);
      return passage.text.slice(units, units + length);
    });
  }, [page]);
  return (
    <div class="words" ref={layer}>
      {page.words.map((word, i) => (
        <span key={word.start} style={{ left: percent(word.left, page.width), top: percent(word.top, page.height) }}>
          {spans[i] + " "}
        </span>
      ))}
    </div>
  );
}

export function PageSheet(props: { document: api.Doc; page: number; start?: number; end?: number; zoom: number; unplaced: (is: boolean) => void }) {
  const { document, page, start, end } = props;
  const image = useLoad(() => pageImage(document.id, page), [document.id, page]);
  const text = useLoad(() => pageWords(document.id, page), [document.id, page]);
  const first = useRef<HTMLDivElement>(null);
  const sheet = text.value?.pages.find((one) => one.page === page) ?? null;
  const marks = useMemo(() => (sheet && start !== undefined && end !== undefined ? marksOf(sheet.words, start, end) : []), [sheet, start, end]);
  useEffect(() => {
    if (page < document.pages) pageImage(document.id, page + 1).catch(() => {});
  }, [document.id, page]);
  useEffect(() => first.current?.scrollIntoView({ block: "center", inline: "nearest" }), [marks, image.value]);
  useEffect(() => {
    if (!text.busy) props.unplaced(start !== undefined && marks.length === 0);
  }, [text.busy, marks]);
  if (image.error) return <Trouble error={image.error} retry={image.again} />;
  const ratio = sheet && sheet.width > 0 ? `${sheet.width} / ${sheet.height}` : "210 / 297";
  return (
    <div class="sheet" style={{ width: `${props.zoom * 100}%`, aspectRatio: image.value ? "auto" : ratio }} aria-busy={image.busy}>
      {image.value && !image.busy ? <img src={image.value} alt={t.place.alt(page, document.name)} /> : <p class="faint">{t.place.drawing}</p>}
      {sheet && image.value && (
        <>
          {marks.map((box, i) => (
            <div
              key={box.start}
              ref={i === 0 ? first : undefined}
              class="markbox"
              style={{
                left: percent(box.left, sheet.width),
                top: percent(box.top, sheet.height),
                width: percent(box.right - box.left, sheet.width),
                height: percent(box.bottom - box.top, sheet.height),
              }}
            />
          ))}
          <TextLayer passage={text.value!} page={sheet} />
        </>
      )}
    </div>
  );
}
