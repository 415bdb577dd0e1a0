// Words that stand one after the other.
#pragma once

#include <span>
#include <vector>

#include "index/postings.h"
#include "index/words.h"

namespace counsel::index {

// The passages within `visible` in which the words of these lists stand one after the other in one column, ascending,
// with what all the places where they do count. false: a list is damaged. The segment has places.
[[nodiscard]] bool FindPhrase(const Words& words, std::span<const PostingList> lists, std::span<const Range> visible,
                              std::vector<Posting>* found);

}  // namespace counsel::index
