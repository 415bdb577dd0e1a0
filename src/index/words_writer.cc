#include "index/words_writer.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace counsel::index {

Result<WordsWriter> WordsWriter::Create(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
  return WordsWriter(std::move(file));
}

void WordsWriter::Add(std::string_view word, std::span<const Posting> postings,
                      std::span<const std::uint32_t> lengths) {
  Words::Entry& entry = entries_.emplace_back();
  entry.postings = file_.offset();
  entry.text = static_cast<std::uint32_t>(texts_.size());
  entry.count = static_cast<std::uint32_t>(postings.size());
  texts_ += word;
  list_.clear();
  AppendPostings(postings, lengths, &list_);
  file_.Append(list_);
}

Result<Written> WordsWriter::Finish(std::span<const std::uint32_t> lengths, std::span<const Run> runs,
                                    std::string_view names, std::uint64_t stamp) {
  if (texts_.size() > UINT32_MAX) return Fail(ErrorCode::kTooLarge, "A segment of the index has too many words.");
  Words::Foot foot;
  foot.magic = kMagic;
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
  part(std::as_bytes(std::span(&foot, 1)));
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

void WordsBuilder::AddWord(std::string_view folded, std::uint32_t weight) {
  auto found = numbers_.find(folded);
  if (found == numbers_.end()) {
    found = numbers_.emplace(folded, static_cast<std::uint32_t>(postings_.size())).first;
    postings_.emplace_back();
    place_.push_back(0);
  }
  std::uint32_t& place = place_[found->second];
  if (place == 0) {
    counts_.push_back({found->second, 0});
    place = static_cast<std::uint32_t>(counts_.size());
  }
  std::uint32_t& times = counts_[place - 1].times;
  times = std::min(times + weight, kMostTimes);
}

void WordsBuilder::EndPassage(std::uint32_t length) {
  for (const Count& count : counts_) {
    postings_[count.word].push_back({passages(), count.times});
    place_[count.word] = 0;
  }
  counts_.clear();
  lengths_.push_back(length);
}

Result<Written> WordsBuilder::Write(const std::filesystem::path& path, std::uint64_t stamp) const {
  ASSIGN_OR_RETURN(WordsWriter writer, WordsWriter::Create(path));
  std::vector<std::pair<std::string_view, std::uint32_t>> words(numbers_.begin(), numbers_.end());
  std::sort(words.begin(), words.end());
  for (const auto& [word, number] : words) writer.Add(word, postings_[number], lengths_);
  return writer.Finish(lengths_, runs_, names_, stamp);
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
  bool Append(PostingList list, std::vector<Posting>* postings) const {
    Cursor cursor(list);
    for (std::size_t i = 0; i < part_.ranges.size(); ++i) {
      const Range& range = part_.ranges[i];
      for (cursor.Seek(range.begin); cursor.passage() < range.end; cursor.Next()) {
        postings->push_back({cursor.passage() - range.begin + firsts_[i], cursor.times()});
      }
    }
    return !cursor.broken();
  }

 private:
  const Kept& part_;
  std::vector<std::uint32_t> firsts_;
  std::uint32_t end_ = 0;
};

void KeepPassages(const Kept& part, std::vector<std::uint32_t>* lengths, std::vector<Run>* runs, std::string* names) {
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
  }
}

}  // namespace

Result<Written> MergeWords(std::span<const Kept> parts, const std::filesystem::path& path, std::uint64_t stamp,
                           const MayGoOn& may_go_on) {
  ASSIGN_OR_RETURN(WordsWriter writer, WordsWriter::Create(path));
  std::vector<std::uint32_t> lengths;
  std::vector<Run> runs;
  std::string names;
  std::vector<Renumbering> renumbering;
  for (const Kept& part : parts) {
    renumbering.emplace_back(part, static_cast<std::uint32_t>(lengths.size()));
    KeepPassages(part, &lengths, &runs, &names);
  }
  std::vector<std::uint32_t> next(parts.size(), 0);
  std::vector<Posting> postings;
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
    postings.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Words& words = *parts[i].words;
      if (next[i] == words.words() || words.WordAt(next[i]) != word) continue;
      if (!renumbering[i].Append(words.ListAt(next[i]++), &postings)) {
        return Fail(ErrorCode::kCorrupt, "A segment of the index is damaged.");
      }
    }
    if (!postings.empty()) writer.Add(word, postings, lengths);
  }
  return writer.Finish(lengths, runs, names, stamp);
}

}  // namespace counsel::index
