#include "index/words_writer.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace counsel::index {

Result<WordsWriter> WordsWriter::Create(const std::filesystem::path& path, bool with_places) {
  ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
  return WordsWriter(std::move(file), with_places);
}

void WordsWriter::Add(std::string_view word, const Placed& placed, std::span<const std::uint32_t> lengths) {
  Words::Entry& entry = entries_.emplace_back();
  entry.postings = file_.offset();
  entry.text = static_cast<std::uint32_t>(texts_.size());
  entry.count = static_cast<std::uint32_t>(placed.postings.size());
  texts_ += word;
  list_.clear();
  AppendPostings(placed.postings, lengths, &list_);
  if (with_places_) {
    places_.push_back(file_.offset() + list_.size());
    AppendPlaces(placed, &list_);
  }
  file_.Append(list_);
}

Result<Written> WordsWriter::Finish(std::span<const std::uint32_t> lengths, std::span<const std::uint32_t> doubled,
                                    std::span<const Run> runs, std::string_view names, std::uint64_t stamp) {
  if (texts_.size() > UINT32_MAX) return Fail(ErrorCode::kTooLarge, "A segment of the index has too many words.");
  Words::Foot foot;
  foot.magic = with_places_ ? kMagic : kMagicWithoutPlaces;
  foot.stamp = stamp;
  foot.passages = lengths.size();
  foot.words = entries_.size();
  foot.runs = runs.size();
  foot.postings_size = file_.offset();
  entries_.push_back({file_.offset(), static_cast<std::uint32_t>(texts_.size()), 0});
  const auto part = [this](std::span<const std::byte> bytes) {
    file_.Align();
    const std::uint64_t begin = file_.offset();
    file_.Append(bytes);
    return begin;
  };
  foot.texts = part(std::as_bytes(std::span(texts_)));
  foot.texts_size = texts_.size();
  foot.entries = part(std::as_bytes(std::span(entries_)));
  foot.lengths = part(std::as_bytes(lengths));
  foot.run_list = part(std::as_bytes(runs));
  foot.names = part(std::as_bytes(std::span(names)));
  foot.names_size = names.size();
  std::span<const std::byte> end = std::as_bytes(std::span(&foot, 1));
  if (with_places_) {
    foot.places = part(std::as_bytes(std::span(places_)));
    foot.doubled = part(std::as_bytes(doubled));
  } else {
    end = end.first(kFootWithoutPlaces);
  }
  part(end);
  return file_.Finish();
}

// ---- of passages ----

void WordsBuilder::BeginPassage(std::int64_t id, std::int64_t scope, std::string_view document) {
  const std::uint32_t passage = passages();
  if (!runs_.empty()) {
    Run& last = runs_.back();
    const std::string_view name = std::string_view(names_).substr(last.document, last.document_size);
    if (last.first + last.count == id && last.scope == scope && name == document) {
      ++last.count;
      return;
    }
  }
  Run& run = runs_.emplace_back();
  run.begin = passage;
  run.count = 1;
  run.first = id;
  run.scope = scope;
  run.document = static_cast<std::uint32_t>(names_.size());
  run.document_size = static_cast<std::uint32_t>(document.size());
  names_ += document;
}

void WordsBuilder::AddWord(std::string_view folded, std::uint32_t weight, std::uint32_t place) {
  auto found = numbers_.find(folded);
  if (found == numbers_.end()) {
    found = numbers_.emplace(folded, static_cast<std::uint32_t>(placed_.size())).first;
    placed_.emplace_back();
  }
  Placed& word = placed_[found->second];
  if (word.postings.empty() || word.postings.back().passage != passages()) {
    word.postings.push_back({passages(), 0});
    if (with_places_) word.counts.push_back(0);
  }
  std::uint32_t& times = word.postings.back().times;
  if (times == kMostTimes) return;
  times = std::min(times + weight, kMostTimes);
  if (!with_places_) return;
  // A date that can be read in two ways stands there once.
  if (word.counts.back() > 0 && word.places.back() == place) return;
  ++word.counts.back();
  word.places.push_back(place);
}

void WordsBuilder::EndPassage(std::uint32_t length, std::uint32_t doubled) {
  lengths_.push_back(length);
  doubled_.push_back(doubled);
}

Result<Written> WordsBuilder::Write(const std::filesystem::path& path, std::uint64_t stamp) const {
  ASSIGN_OR_RETURN(WordsWriter writer, WordsWriter::Create(path, with_places_));
  std::vector<std::pair<std::string_view, std::uint32_t>> words(numbers_.begin(), numbers_.end());
  std::sort(words.begin(), words.end());
  for (const auto& [word, number] : words) writer.Add(word, placed_[number], lengths_);
  return writer.Finish(lengths_, doubled_, runs_, names_, stamp);
}

// ---- of segments ----

namespace {

constexpr std::uint32_t kWordsBetweenLooks = 1'000;

// Where kept passages stand in the new segment.
class Renumbering {
 public:
  explicit Renumbering(const Kept& part, std::uint32_t first) : part_(part) {
    for (const Range& range : part.ranges) {
      firsts_.push_back(first);
      first += range.end - range.begin;
    }
    end_ = first;
  }
  [[nodiscard]] std::uint32_t end() const { return end_; }
  // What is kept of a list. false: it is damaged.
  bool Append(const PostingList& list, bool with_places, Placed* word) {
    Cursor cursor(list);
    PlaceReader reader(list);
    for (std::size_t i = 0; i < part_.ranges.size(); ++i) {
      const Range& range = part_.ranges[i];
      for (cursor.Seek(range.begin); cursor.passage() < range.end; cursor.Next()) {
        word->postings.push_back({cursor.passage() - range.begin + firsts_[i], cursor.times()});
        if (!with_places) continue;
        if (!reader.Read(cursor, &places_)) return false;
        word->counts.push_back(static_cast<std::uint32_t>(places_.size()));
        word->places.insert(word->places.end(), places_.begin(), places_.end());
      }
    }
    return !cursor.broken();
  }

 private:
  const Kept& part_;
  std::vector<std::uint32_t> firsts_;
  std::vector<std::uint32_t> places_;  // of one posting
  std::uint32_t end_ = 0;
};

void KeepPassages(const Kept& part, std::vector<std::uint32_t>* lengths, std::vector<std::uint32_t>* doubled,
                  std::vector<Run>* runs, std::string* names) {
  const Words& words = *part.words;
  for (const Range& range : part.ranges) {
    for (const Run& run : words.runs()) {
      const std::uint32_t begin = std::max(run.begin, range.begin);
      const std::uint32_t end = std::min(run.begin + run.count, range.end);
      if (begin >= end) continue;
      Run& kept = runs->emplace_back(run);
      kept.begin = static_cast<std::uint32_t>(lengths->size()) + begin - range.begin;
      kept.count = end - begin;
      kept.first = run.first + (begin - run.begin);
      kept.document = static_cast<std::uint32_t>(names->size());
      *names += words.DocumentOf(run);
    }
    const auto kept = words.lengths().subspan(range.begin, range.end - range.begin);
    lengths->insert(lengths->end(), kept.begin(), kept.end());
    if (!words.has_places()) continue;
    const auto twice = words.doubled().subspan(range.begin, range.end - range.begin);
    doubled->insert(doubled->end(), twice.begin(), twice.end());
  }
}

}  // namespace

Result<Written> MergeWords(std::span<const Kept> parts, const std::filesystem::path& path, std::uint64_t stamp,
                           const MayGoOn& may_go_on) {
  const bool with_places =
      std::all_of(parts.begin(), parts.end(), [](const Kept& part) { return part.words->has_places(); });
  ASSIGN_OR_RETURN(WordsWriter writer, WordsWriter::Create(path, with_places));
  std::vector<std::uint32_t> lengths;
  std::vector<std::uint32_t> doubled;
  std::vector<Run> runs;
  std::string names;
  std::vector<Renumbering> renumbering;
  for (const Kept& part : parts) {
    renumbering.emplace_back(part, static_cast<std::uint32_t>(lengths.size()));
    KeepPassages(part, &lengths, &doubled, &runs, &names);
  }
  std::vector<std::uint32_t> next(parts.size(), 0);
  Placed placed;
  for (std::uint32_t merged = 0;; ++merged) {
    if (merged % kWordsBetweenLooks == 0) RETURN_IF_ERROR(may_go_on());
    std::string_view word;
    bool any = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (next[i] == parts[i].words->words()) continue;
      const std::string_view one = parts[i].words->WordAt(next[i]);
      if (!any || one < word) word = one;
      any = true;
    }
    if (!any) break;
    placed.Clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Words& words = *parts[i].words;
      if (next[i] == words.words() || words.WordAt(next[i]) != word) continue;
      if (!renumbering[i].Append(words.ListAt(next[i]++), with_places, &placed)) {
        return Fail(ErrorCode::kCorrupt, "A segment of the index is damaged.");
      }
    }
    if (!placed.postings.empty()) writer.Add(word, placed, lengths);
  }
  return writer.Finish(lengths, doubled, runs, names, stamp);
}

}  // namespace counsel::index
