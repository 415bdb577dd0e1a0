// A count of what is under way that no exception leaves too high.
#pragma once

#include <utility>

#include "ingest/signal.h"

namespace counsel::ingest {

// One of `number`, as long as it lives; `changed` is given when it ends. Both must outlive it. Move-only.
class Count {
 public:
  Count(int& number, Signal& changed) : number_(&number), changed_(&changed) { ++number; }
  Count(Count&& other) noexcept : number_(std::exchange(other.number_, nullptr)), changed_(other.changed_) {}
  Count& operator=(Count&&) = delete;
  ~Count() {
    if (number_ == nullptr) return;
    --*number_;
    changed_->Give();
  }

 private:
  int* number_;
  Signal* changed_;
};

}  // namespace counsel::ingest
