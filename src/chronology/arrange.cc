#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "chronology/chronology.h"
#include "chronology/events.h"

namespace counsel::chronology {
namespace {

constexpr std::size_t kLooked = 200;  // candidates for each date, so that one word of all documents costs no square

// A counted date is a day like one that is written.
Kind Plain(const DateFound& date) {
  return date.kind == Kind::kRelative && date.span ? Kind::kOn : date.kind;
}

bool SameDay(const DateFound& one, const DateFound& other) {
  return one.span == other.span && Plain(one) == Plain(other);
}

void Join(Chronology* chronology, const std::vector<std::uint32_t>& order) {
  const std::vector<Told>& told = chronology->told;
  std::size_t first = 0;  // the first event of the same days
  for (const std::uint32_t place : order) {
    const Told& one = told[place];
    std::vector<Event>& events = chronology->events;
    while (first < events.size() && told[events[first].told.front()].date.span != one.date.span) ++first;
    bool joined = false;
    const std::size_t stop = std::max(first, events.size() < kLooked ? 0 : events.size() - kLooked);
    for (std::size_t i = events.size(); one.date.span && i > stop && !joined; --i) {
      const Told& other = told[events[i - 1].told.front()];
      joined = SameDay(one.date, other.date) && TellTheSame(one.words, other.words);
      if (joined) events[i - 1].told.push_back(place);
    }
    if (!joined) events.push_back({{place}, {}});
  }
}

// A day that is surely one: written, or counted from what is written.
bool Certain(const Told& told) {
  return told.date.span && told.date.precision == Precision::kDay && (told.date.marks & kAbout) == 0 &&
         Plain(told.date) == Kind::kOn;
}

class Disputes {
 public:
  explicit Disputes(Chronology* chronology) : chronology_(*chronology) {
    for (std::uint32_t i = 0; i < chronology_.events.size(); ++i) {
      const Told& told = First(i);
      if (!Certain(told)) continue;
      for (const std::uint32_t word : told.words) with_[word].push_back(i);
    }
  }

  void Find() {
    for (std::uint32_t i = 0; i < chronology_.events.size(); ++i) {
      if (Certain(First(i))) FindOf(i);
    }
  }

 private:
  [[nodiscard]] const Told& First(std::uint32_t event) const {
    return chronology_.told[chronology_.events[event].told.front()];
  }

  [[nodiscard]] bool TellsBoth(std::uint32_t one, std::uint32_t other) const {
    for (const std::uint32_t a : chronology_.events[one].told) {
      for (const std::uint32_t b : chronology_.events[other].told) {
        if (chronology_.told[a].document == chronology_.told[b].document) return true;
      }
    }
    return false;
  }

  // By the rarest of its words; who tells both days tells of two events.
  void FindOf(std::uint32_t event) {
    const Told& told = First(event);
    const std::vector<std::uint32_t>* rarest = nullptr;
    std::vector<std::uint32_t> looked;
    std::vector<const std::vector<std::uint32_t>*> lists;
    for (const std::uint32_t word : told.words) lists.push_back(&with_.at(word));
    std::sort(lists.begin(), lists.end(), [](const auto* a, const auto* b) { return a->size() < b->size(); });
    for (std::size_t n = 0; n < lists.size() && n < 4; ++n) {
      rarest = lists[n];
      for (std::size_t i = 0; i < rarest->size() && i < kLooked; ++i) looked.push_back((*rarest)[i]);
    }
    std::sort(looked.begin(), looked.end());
    looked.erase(std::unique(looked.begin(), looked.end()), looked.end());
    for (const std::uint32_t other : looked) {
      if (other == event || First(other).date.span == told.date.span) continue;
      if (!SurelyTheSame(told.words, First(other).words) || TellsBoth(event, other)) continue;
      chronology_.events[event].disputed.push_back(chronology_.events[other].told.front());
    }
  }

  Chronology& chronology_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> with_;
};

}  // namespace

void Arrange(Chronology* chronology) {
  std::vector<std::uint32_t> order(chronology->told.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::vector<Told>& told = chronology->told;
  const auto key = [&](std::uint32_t place) {
    const DateFound& date = told[place].date;
    const Day first = date.span ? date.span->first : Day::max();
    const Day last = date.span ? date.span->last : Day::max();
    return std::make_tuple(!date.span, first, last, place);
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  chronology->events.clear();
  Join(chronology, order);
  const auto undated = [&](const Event& event) { return !told[event.told.front()].date.span; };
  chronology->dated = static_cast<std::size_t>(
      std::find_if(chronology->events.begin(), chronology->events.end(), undated) - chronology->events.begin());
  Disputes(chronology).Find();
}

}  // namespace counsel::chronology
