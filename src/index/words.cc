#include "index/words.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "index/words_writer.h"

namespace counsel::index {
namespace {

Error Damaged() {
  return {ErrorCode::kCorrupt, "A segment of the index is damaged."};
}

// Ids and numbers ascend and stay within the segment.
bool RunsAreSound(std::span<const Run> runs, std::uint64_t passages, std::uint64_t names) {
  std::uint64_t begin = 0;
  std::int64_t next = INT64_MIN;
  for (const Run& run : runs) {
    if (run.begin != begin || run.first < next || run.count == 0) return false;
    if (run.document > names || run.document_size > names - run.document) return false;
    begin += run.count;
    next = run.first + run.count;
  }
  return begin == passages;
}

}  // namespace

Result<Words> Words::Open(const std::filesystem::path& path, std::uint64_t bytes, std::uint64_t stamp) {
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path, bytes));
  Words words(std::move(file));
  Foot foot;
  if (!words.ReadFoot(bytes, &foot) || foot.stamp != stamp || foot.passages >= kNoPassage) return Fail(Damaged());
  words.words_ = static_cast<std::uint32_t>(foot.words);
  words.postings_ = words.file_.Part(0, foot.postings_size);
  words.texts_ = words.file_.Part(foot.texts, foot.texts_size);
  words.entries_ = words.file_.Values<Entry>(foot.entries, foot.words + 1);
  words.lengths_ = words.file_.Values<std::uint32_t>(foot.lengths, foot.passages);
  words.runs_ = words.file_.Values<Run>(foot.run_list, foot.runs);
  words.names_ = words.file_.Part(foot.names, foot.names_size);
  words.has_places_ = foot.magic == WordsWriter::kMagic;
  if (words.has_places_) {
    words.places_ = words.file_.Values<std::uint64_t>(foot.places, foot.words);
    words.doubled_ = words.file_.Values<std::uint32_t>(foot.doubled, foot.passages);
    if (words.places_.size() != foot.words || words.doubled_.size() != foot.passages) return Fail(Damaged());
  }
  if (words.entries_.size() != foot.words + 1 || words.lengths_.size() != foot.passages ||
      words.runs_.size() != foot.runs || words.postings_.size() != foot.postings_size ||
      words.texts_.size() != foot.texts_size || words.names_.size() != foot.names_size ||
      !RunsAreSound(words.runs_, foot.passages, foot.names_size) || !words.whole()) {
    return Fail(Damaged());
  }
  return words;
}

bool Words::ReadFoot(std::uint64_t bytes, Foot* foot) const {
  const std::pair<std::size_t, std::uint64_t> forms[] = {
      {sizeof *foot, WordsWriter::kMagic}, {WordsWriter::kFootWithoutPlaces, WordsWriter::kMagicWithoutPlaces}};
  for (const auto& [size, magic] : forms) {
    const std::span<const std::byte> end = file_.Part(bytes - std::min<std::uint64_t>(bytes, size), size);
    if (end.empty()) continue;
    *foot = Foot();
    std::memcpy(foot, end.data(), end.size());
    if (foot->magic == magic) return true;
  }
  return false;
}

std::string_view Words::WordAt(std::uint32_t i) const {
  const std::size_t begin = std::min<std::size_t>(entries_[i].text, texts_.size());
  const std::size_t end = std::clamp<std::size_t>(entries_[i + 1].text, begin, texts_.size());
  return {reinterpret_cast<const char*>(texts_.data()) + begin, end - begin};
}

PostingList Words::ListAt(std::uint32_t i) const {
  PostingList list;
  list.passages = passages();
  const std::size_t begin = std::min<std::size_t>(entries_[i].postings, postings_.size());
  const std::size_t end = std::clamp<std::size_t>(entries_[i + 1].postings, begin, postings_.size());
  list.count = entries_[i].count;
  const std::size_t middle = has_places_ ? std::clamp<std::size_t>(places_[i], begin, end) : end;
  list.bytes = postings_.subspan(begin, middle - begin);
  list.places = postings_.subspan(middle, end - middle);
  return list;
}

PostingList Words::Find(std::string_view folded) const {
  std::uint32_t low = 0;
  std::uint32_t high = words_;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (WordAt(middle) < folded) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < words_ && WordAt(low) == folded) return ListAt(low);
  PostingList none;
  none.passages = passages();
  return none;
}

std::string_view Words::DocumentOf(const Run& run) const {
  return {reinterpret_cast<const char*>(names_.data()) + run.document, run.document_size};
}

std::int64_t Words::IdOf(std::uint32_t passage) const {
  const auto behind = std::upper_bound(runs_.begin(), runs_.end(), passage,
                                       [](std::uint32_t at, const Run& run) { return at < run.begin; });
  const Run& run = *std::prev(behind);
  return run.first + (passage - run.begin);
}

Range Words::Within(std::int64_t first, std::int64_t last) const {
  // The first passage whose id is not less.
  const auto from = [this](std::int64_t id) {
    const auto run =
        std::partition_point(runs_.begin(), runs_.end(), [id](const Run& one) { return one.first + one.count <= id; });
    if (run == runs_.end()) return passages();
    const std::int64_t place = run->begin + std::max<std::int64_t>(0, id - run->first);
    return static_cast<std::uint32_t>(std::min<std::int64_t>(place, passages()));  // also of what changes meanwhile
  };
  return {from(first), from(last + 1)};
}

std::uint32_t Words::Locate(std::int64_t id) const {
  const Range found = Within(id, id);
  return found.begin < found.end ? found.begin : kNoPassage;
}

}  // namespace counsel::index
