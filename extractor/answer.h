// One order of the daemon, answered: the document from descriptor 3, its text or what was asked of one page to
// descriptor 4 (src/documents/extraction.h).
#pragma once

#include <string>

#include "extractor/document.h"
#include "extractor/mail_store.h"
#include "extractor/page.h"

namespace counsel::extractor {

inline constexpr int kDocument = 3;
inline constexpr int kResult = 4;

enum class Task { kText, kOcr, kWords, kImage };

struct Order {
  Order() = default;
  Task task = Task::kText;
  std::string name = "document";
  Limits limits;
  Batch batch;  // of a file of mails
  PageRequest page;
};

// What libraries load from files when they first need it, which is after the sandbox is closed.
void LoadEarly();

// The exit status: 0 an answer, 2 a refusal with its reason. `confined`: whether the sandbox is closed; without it
// nothing is read.
int Answer(const Order& order, bool confined);

}  // namespace counsel::extractor
