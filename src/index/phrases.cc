#include "index/phrases.h"

#include <algorithm>
#include <cstdint>
#include <deque>

#include "index/places.h"

namespace counsel::index {
namespace {

struct Part {
  Part(const PostingList& list, std::uint32_t offset_in) : cursor(list), reader(list), offset(offset_in) {}
  Cursor cursor;
  PlaceReader reader;
  std::uint32_t offset;  // of the word within the phrase
  std::vector<std::uint32_t> places;
};

class Finder {
 public:
  Finder(const Words& words, std::span<const PostingList> lists) : doubled_(words.doubled()) {
    std::vector<std::uint32_t> order(lists.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    // The rarest word leads.
    std::stable_sort(order.begin(), order.end(),
                     [&lists](std::uint32_t a, std::uint32_t b) { return lists[a].count < lists[b].count; });
    for (const std::uint32_t i : order) parts_.emplace_back(lists[i], i);
  }

  bool Find(Range range, std::vector<Posting>* found) {
    Cursor& lead = parts_.front().cursor;
    for (lead.Seek(range.begin); lead.passage() < range.end;) {
      const std::uint32_t passage = Meet(lead.passage());
      if (passage != lead.passage()) {
        lead.Seek(passage);
        continue;
      }
      std::uint32_t times = 0;
      if (!Count(passage, &times)) return false;
      if (times > 0) found->push_back({passage, times});
      lead.Next();
    }
    return true;
  }
  [[nodiscard]] bool broken() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.cursor.broken(); });
  }

 private:
  // The first passage from this one on that may have all of them.
  std::uint32_t Meet(std::uint32_t passage) {
    for (std::size_t i = 1; i < parts_.size(); ++i) {
      parts_[i].cursor.Seek(passage);
      if (parts_[i].cursor.passage() != passage) return parts_[i].cursor.passage();
    }
    return passage;
  }

  bool Count(std::uint32_t passage, std::uint32_t* times) {
    begins_.clear();
    for (Part& part : parts_) {
      if (!part.reader.Read(part.cursor, &part.places)) return false;
      if (&part == &parts_.front()) {
        for (const std::uint32_t place : part.places) {
          if (place >= part.offset) begins_.push_back(place - part.offset);
        }
      } else {
        Keep(part);
      }
      if (begins_.empty()) return true;
    }
    for (const std::uint32_t begin : begins_) {
      *times = std::min(*times + (begin < doubled_[passage] ? 2 : 1), kMostTimes);
    }
    return true;
  }

  // Of the beginnings, those at which the part's word stands where it should.
  void Keep(const Part& part) {
    auto place = part.places.begin();
    std::erase_if(begins_, [&](std::uint32_t begin) {
      while (place != part.places.end() && *place < begin + part.offset) ++place;
      return place == part.places.end() || *place != begin + part.offset;
    });
  }

  std::span<const std::uint32_t> doubled_;
  std::deque<Part> parts_;
  std::vector<std::uint32_t> begins_;
};

}  // namespace

bool FindPhrase(const Words& words, std::span<const PostingList> lists, std::span<const Range> visible,
                std::vector<Posting>* found) {
  found->clear();
  const auto nowhere = [](const PostingList& list) { return list.count == 0; };
  if (lists.empty() || std::any_of(lists.begin(), lists.end(), nowhere)) return true;
  Finder finder(words, lists);
  for (const Range& range : visible) {
    if (!finder.Find(range, found)) return false;
  }
  return !finder.broken();
}

}  // namespace counsel::index
